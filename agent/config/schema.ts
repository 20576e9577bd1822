import { z } from "zod";
import { duration, imageName, period, role, size } from "./forms.ts";
import { ownPath, probe } from "./probe-schema.ts";
import { rotationFields, rotationSchema } from "./rotation-schema.ts";
import { alertsSchema, metricsSchema, watchdogSchema } from "./watch-schema.ts";

/*
 * The shape of soloflow.toml. Descriptions are the reference manual's text (docs/configuration.md is generated
 * from them). Durations come out in milliseconds, sizes in bytes.
 */

const buildFields = {
  context: z.string().describe("Folder with the Dockerfile, relative to soloflow.toml."),
  dockerfile: z.string().optional().describe("Relative to the context. Default Dockerfile."),
  target: z.string().optional().describe("Stage of the Dockerfile to stop at."),
  args: z
    .record(z.string(), z.string())
    .optional()
    .describe("Build arguments. Never a secret: they stay in the image."),
  recipe: z
    .string()
    .optional()
    .describe(
      "Script run before the build as `sh RECIPE CONTEXT OUT`, only when something of the image changed; " +
        "its output is the build context named rootfs.",
    ),
  max_size: size
    .optional()
    .describe('Largest allowed image, for instance "200MB"; a larger one is not deployed.'),
};

const service = z.strictObject({
  build: z
    .strictObject({
      ...buildFields,
      image: imageName
        .optional()
        .describe("Name of the image without a tag. Default: as the compose file names it."),
    })
    .optional()
    .describe("How the image is built. Without it: what the compose file says."),
  image: z
    .string()
    .optional()
    .describe('Use this image instead of building one, for instance "postgres:17-alpine".'),
  live: probe
    .optional()
    .describe(
      "Says that the process works. It should touch nothing else, no database. Without it the watchdog asks only whether connections are taken.",
    ),
  ready: probe
    .optional()
    .describe("Says that customers can be sent to it. Without it: Docker's own health check."),
  deploy: z
    .enum(["overlap", "replace"])
    .optional()
    .describe(
      "overlap: the new one is ready before the old one goes, no request is lost. replace: stop, then start. " +
        "Default: overlap where `ready` is an HTTP probe on a published port, else replace.",
    ),
  drain: duration.optional().describe("How long requests in flight on the old one may take. Default 30s."),
  paths: z
    .array(z.string().regex(/^\/\S*$/, 'a path begins with "/", for instance "/api/*"'))
    .min(1)
    .optional()
    .describe(
      'With a domain: what of it goes to this service, exact or with a * at the end: ["/api/*"]. ' +
        "A service without paths gets the rest.",
    ),
  watch: z
    .enum(["restart", "report"])
    .optional()
    .describe(
      "What the watchdog does when it hangs: restart it, or only report what it would have done. Default: report for " +
        "databases, their administrators' pages and whatever has a volume of its own, else restart.",
    ),
  standby: z
    .boolean()
    .optional()
    .describe(
      "Keep both colours running, so that a hang costs nothing. It is two of the app: whatever it does by itself " +
        "(schedules, queues) happens twice. Default false.",
    ),
  answer_within: period
    .optional()
    .describe(
      "With standby: an answer slower than this is a hang, and the other colour is asked. Default 5s.",
    ),
  fingerprints: ownPath
    .optional()
    .describe(
      '":PORT/PATH" where it tells which versions of its secrets it has, as fingerprints. A rotation compares them before it goes on, and the watchdog every minute; the ingress leads nobody there. [The form of the answer](fingerprints.md). Default: not compared.',
    ),
});

const secret = z.strictObject({
  kind: z
    .enum(["generated", "pepper", "database", "superuser", "external"])
    .describe(
      "Made by the agent: generated (random), pepper (random, a list of versions at rotation), database (a login " +
        "whose two roles take turns) and superuser (PostgreSQL's own). external: you put it in.",
    ),
  for: z
    .array(z.string())
    .min(1)
    .describe('The services that get it; "agent" is the watchdog, for what [alerts] names.'),
  every: period
    .optional()
    .describe(
      "How often it is due for rotation, which happens by itself in the window of [rotation]. external: when you are reminded, a week before. Without it: never.",
    ),
  deliver: z
    .enum(["file", "env"])
    .optional()
    .describe(
      "file (default): NAME_FILE names a file. env: for programs that read no files; a start wrapper, for which the " +
        "image needs sh, reads the file and exports NAME.",
    ),
  optional: z
    .boolean()
    .optional()
    .describe("external: it may be missing. Default false: a deploy without it is refused."),
  length: z.int().min(16).max(4096).optional().describe("Random bytes of a generated value. Default 32."),
  url: z
    .string()
    .optional()
    .describe(
      "database: the value's form, with {role} and {password}. Default postgres://{role}:{password}@SERVICE:5432/DATABASE.",
    ),
  service: z
    .string()
    .optional()
    .describe("database, superuser: the service that runs PostgreSQL. Default database."),
  database: z.string().optional().describe("database: name of the database. Default: the project's name."),
  owner: role.optional().describe("database: the role that owns everything. Default PROJECT_owner."),
  roles: z
    .tuple([role, role])
    .optional()
    .describe("database: the two login roles that take turns. Default PROJECT_a and PROJECT_b."),
  ...rotationFields,
});

const ingress = z.strictObject({
  domain: z
    .string()
    .regex(
      /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
      'a domain is the bare name in lower case, for instance "example.com": no https://, port or path',
    )
    .optional()
    .describe("Public name of this machine. Gives HTTPS with ACME certificates, redirect and HSTS."),
  email: z
    .string()
    .optional()
    .describe("With a domain: given to the certificate authority, which sends its warnings there."),
  acme_ca: z
    .string()
    .optional()
    .describe("With a domain: directory URL of another certificate authority. Default: Let's Encrypt."),
  acme_ca_root: z.string().optional().describe("PEM file with the root certificate to trust for acme_ca."),
  image: z.string().optional().describe('Use this image instead of building one, for instance "caddy:2".'),
  build: z
    .strictObject({
      ...buildFields,
      context: buildFields.context.optional(),
      image: imageName.optional().describe("Name of the image without a tag. Default soloflow/ingress."),
    })
    .optional()
    .describe("Builds the ingress from somewhere else than the agent's own files."),
  http_port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe(
      "With a domain: port of this machine for the redirect; the certificate authority reaches it as port 80. Default 80.",
    ),
  https_port: z
    .int()
    .min(1)
    .max(65535)
    .optional()
    .describe("With a domain: port of this machine for HTTPS. Default 443."),
});

export const configSchema = z.strictObject({
  project: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "a project's name has lower-case letters, digits, - and _")
    .describe("Name of the Compose project; volumes and containers carry it."),
  compose: z
    .union([z.string(), z.array(z.string()).min(1)])
    .optional()
    .describe("The compose file, or several that are merged. Default compose.yaml."),
  env_file: z
    .string()
    .optional()
    .describe(
      "File with values for the variables of the compose file. Default: .env beside it, as Compose does.",
    ),
  image: z
    .record(
      z.string(),
      z.strictObject({ ...buildFields, image: imageName.describe("Name of the image without a tag.") }),
    )
    .optional()
    .describe("Images that others are built FROM, or copy from. They are built first."),
  service: z.record(z.string(), service).optional().describe("What Compose cannot say about a service."),
  secret: z
    .record(
      z.string().regex(/^[A-Z][A-Z0-9_]*$/, "a secret's name is an environment name: capitals, digits and _"),
      secret,
    )
    .optional()
    .describe("Values that stand in no file; kept in an encrypted store and delivered as files."),
  rotation: rotationSchema.optional().describe("When and how secrets are rotated."),
  ingress: ingress.optional().describe("What listens to the world for the services that overlap."),
  watchdog: watchdogSchema
    .optional()
    .describe("How services are watched and mended. The defaults serve one small server."),
  alerts: alertsSchema
    .optional()
    .describe('Whom the watchdog tells. The secrets named here have `for = ["agent"]`.'),
  metrics: metricsSchema.optional().describe("What Prometheus can ask the watchdog."),
});
