import { z } from "zod";
import { duration, period, timeWindow } from "./forms.ts";

/* What soloflow.toml says of rotations: when they may be, and what of a secret only a rotation asks for. */

export const rotationSchema = z.strictObject({
  soak: duration
    .optional()
    .describe(
      "How long the old values are accepted beside the new ones after a rotation. 0s gives them up at once. Default 24h.",
    ),
  between: timeWindow
    .optional()
    .describe(
      'When what is due by `every` is rotated, and what has soaked is given up: once in each window, in the machine\'s local time; over midnight where the second time is the earlier one. Default "03:00-05:00".',
    ),
});

const verify = z
  .union(
    [
      z.strictObject({
        http: z
          .string()
          .regex(/^https?:\/\/\S+$/, "a URL of http or https")
          .describe("Asked with GET; any 2xx is good."),
        header: z
          .string()
          .regex(
            /^[A-Za-z0-9-]+: .*\{value\}/,
            'a header with {value} in it: "Authorization: Bearer {value}"',
          )
          .describe("The header that carries the value, which stands in the place of {value}."),
      }),
      z.strictObject({
        command: z
          .array(z.string())
          .min(1)
          .describe("A program of this machine, given the value by standard input; good when it exits 0."),
      }),
    ],
    {
      error: 'write { http = "https://…", header = "Authorization: Bearer {value}" } or { command = ["…"] }',
    },
  )
  .describe("A read-only call that tries a value before it is used.");

const references = z.strictObject({
  table: z.string().min(1).describe('The table that names versions, as "table" or "schema.table".'),
  column: z.string().min(1).describe("Its column with the version's number."),
  unless: z
    .string()
    .optional()
    .describe("A column that is null as long as the row counts, for instance revoked_at."),
  secret: z
    .string()
    .optional()
    .describe('The secret of kind "database" whose database it is in. Default: the only one.'),
});

/** Keys of a `[secret.NAME]` that only its rotation goes by. */
export const rotationFields = {
  accepts: z
    .union([z.literal(1), z.literal(2)])
    .optional()
    .describe(
      'generated, pepper: how many values its apps accept at once; with 2 they read a list "2:new,1:old", of which the first issues. Without it 2 or more, which for a pepper each of its apps must show by fingerprints.',
    ),
  overlap: period
    .optional()
    .describe(
      "external: how long the vendor accepts the old value after the new one was made; as long the apps get it too, as NAME_PREVIOUS. Default: not at all.",
    ),
  verify: verify.optional(),
  references: references
    .optional()
    .describe(
      'pepper: where rows say which version they were made with; an old one is given up when none is left. Default for API_KEY_PEPPER: { table = "api_key", column = "pepper_version", unless = "revoked_at" }.',
    ),
};
