import { z } from "zod";
import { parseDuration } from "../core/duration.ts";
import { parseSize } from "../core/size.ts";

/** Durations in a file, in milliseconds once read. */
export const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({
    code: "custom",
    message: `"${text}" is not a duration; write for instance "30s", "10m" or "90d"`,
  });
  return z.NEVER;
});

/** Sizes in a file, in bytes once read. */
export const size = z.string().transform((text, context) => {
  const bytes = parseSize(text);
  if (bytes !== undefined) return bytes;
  context.addIssue({ code: "custom", message: `"${text}" is not a size; write for instance "200MB"` });
  return z.NEVER;
});

/** A time between two things, or one to wait: nothing happens in no time. */
export const period = duration.refine((ms) => ms > 0, "must be longer than nothing");

/** A port in a probe, 1 to 65535, as a regular expression. */
export const PORT = "([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])";

export const imageName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]*(:\d+\/[a-z0-9._-]+)?(\/[a-z0-9][a-z0-9._-]*)*$/,
    'an image\'s name is lower-case and has no tag, for instance "soloflow/gateway": the agent adds the tags',
  );

export const role = z
  .string()
  .regex(/^[a-z_][a-z0-9_]{0,62}$/, "a role's name has lower-case letters, digits and _, at most 63");

/** A share of a hundred. */
export const percent = z.number().min(0).max(100);

const SECRET_NAME = "[A-Z][A-Z0-9_]*";

/** The name of a [secret.NAME], where its value must not stand. */
export const secretName = z
  .string()
  .regex(
    new RegExp(`^${SECRET_NAME}$`),
    "the name of a secret stands here, capitals, digits and _: its value is put in with `soloflow-agent secrets set`",
  );

/** A URL often is a secret itself: who knows it may post. */
export const urlOrSecret = z
  .string()
  .regex(
    new RegExp(`^(https?://[^\\s/]\\S*|${SECRET_NAME})$`),
    'a URL such as "https://example.com/hook", or the name of the secret that holds one',
  );

export const timeOfDay = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is written "08:00", from "00:00" to "23:59"');

/** "03:00-05:00"; over midnight where the second time is the earlier one. */
export const timeWindow = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
    'a time of each day is written "03:00-05:00", from "00:00" to "23:59"',
  );

export const listenAddress = z
  .string()
  .regex(
    new RegExp(`^(\\[[0-9a-f:]+\\]|[A-Za-z0-9.-]+):${PORT}$`),
    'an address with its port, for instance "127.0.0.1:9464"',
  );

/** What a form is called in the reference manual, where its schema alone says only that it is a text. */
export const formNames: ReadonlyMap<z.core.$ZodType, string> = new Map<z.core.$ZodType, string>([
  [duration, "duration"],
  [period, "duration"],
  [size, "size"],
  [percent, "per cent"],
]);
