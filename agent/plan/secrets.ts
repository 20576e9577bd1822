import { z } from "zod";
import type { SecretKind } from "../config/config.ts";
import { SoloflowError } from "../core/errors.ts";

/*
 * What the store holds. `versions` are those that are accepted now; the first one issues. Their numbers `n` never
 * come back, because rows in a database name them. A salt is kept beside a password so that its SCRAM verifier
 * stays the same.
 */

const time = z.iso.datetime();
const n = z.int().min(1);
const text = z.strictObject({ n, value: z.string(), createdAt: time });
const salted = z.strictObject({ ...text.shape, salt: z.string() });
const login = z.strictObject({
  ...salted.shape,
  value: z.strictObject({ role: z.string(), password: z.string() }),
});

const some = <T extends z.ZodType>(version: T) => z.tuple([version], version).readonly();

const storedSecret = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.enum(["generated", "pepper", "external"]), versions: some(text) }),
  z.strictObject({ kind: z.literal("superuser"), versions: some(salted) }),
  z.strictObject({ kind: z.literal("database"), versions: some(login) }),
]);

const secretsSchema = z.record(z.string(), storedSecret);

export type Login = { role: string; password: string };
export type StoredSecret = z.output<typeof storedSecret>;
export type Secrets = Readonly<Record<string, StoredSecret>>;

/** Errors: SoloflowError "secrets-schema"; its text names members, never values. */
export function parseSecrets(content: unknown): Secrets {
  const parsed = secretsSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const where = [...new Set(parsed.error.issues.map((issue) => issue.path.join(".")))].join(", ");
  throw new SoloflowError("secrets-schema", `the secrets hold something unknown at ${where}`, {
    hint: "use the soloflow-agent that wrote them",
  });
}

/** Which kinds hold the same form, so that soloflow.toml may name another one later. */
export function sameForm(a: SecretKind, b: SecretKind): boolean {
  const form = (kind: SecretKind) => (kind === "database" || kind === "superuser" ? kind : "text");
  return form(a) === form(b);
}

/** The number of the version that issues. */
export function issuing(secret: StoredSecret): { n: number; createdAt: string } {
  const [first] = secret.versions;
  return { n: first.n, createdAt: first.createdAt };
}
