import type { Fault } from "../../config/fault.ts";
import { weakValue } from "../secrets-value.ts";
import { error, warning } from "./places.ts";
import { isSecretName, isSigningSecret, passwordInUrl } from "./secret-names.ts";
import type { EnvFile, Subject } from "./subject.ts";

/** Env files: who may read them, whether anything does, and what stands in them. Never prints a value. */
export function envFiles(subject: Subject): Fault[] {
  return subject.envFiles.flatMap((file) => [
    ...file.faults.map(({ line, message }) => error("env-file", { file: file.file, line }, { message })),
    ...unread(subject, file),
    ...readable(file),
    ...file.entries.flatMap(({ name, value, line }) => weak(subject, file, name, value, line)),
  ]);
}

function unread({ config }: Subject, { file, readBy, entries }: EnvFile): Fault[] {
  if (readBy !== "nobody") return [];
  const known = entries.filter(({ name, value }) => value !== "" && config.secret[name] !== undefined);
  return [
    warning(
      "env-file-unread",
      { file },
      {
        message:
          "nothing reads this file: Compose fills variables from .env, and sourcing it exports nothing",
        hint:
          known.length > 0
            ? `soloflow-agent secrets import ${file} takes its secrets into the store; then remove it`
            : `write env_file = "${file}" in soloflow.toml`,
      },
    ),
  ];
}

function readable({ file, mode, entries }: EnvFile): Fault[] {
  const secret = entries.find(({ name, value }) => value !== "" && isSecretName(name));
  if (secret === undefined || (mode & 0o004) === 0) return [];
  return [
    warning(
      "env-file-readable",
      { file, line: secret.line },
      {
        message: "every user of this machine can read this file, and it holds secrets",
        hint: `chmod 600 ${file}`,
      },
    ),
  ];
}

/** Placeholders pass the test "is it empty", and short secrets the test "is it there". */
function weak({ config }: Subject, file: EnvFile, name: string, value: string, line: number): Fault[] {
  const inUrl = passwordInUrl(value);
  if (value === "" || (!isSecretName(name) && inUrl === undefined && config.secret[name] === undefined))
    return [];
  const kind = config.secret[name]?.kind ?? kindOf(name);
  // Of a URL the password is judged; one without a password is no secret.
  const judged = inUrl ?? value;
  if (inUrl === undefined && /^[a-z]+:\/\//.test(value)) return [];
  const why = weakValue(inUrl === undefined ? kind : "database", judged);
  if (why === undefined) return [];
  const rule = /placeholder|would try/.test(why) ? "secret-placeholder" : "secret-short";
  const unused = file.readBy === "nobody" || config.secret[name] !== undefined;
  const words = {
    message: `${name} ${why}`,
    hint: config.secret[name] === undefined ? "openssl rand -base64 33 makes a good one" : forManaged(name),
  };
  return [(unused ? warning : error)(rule, { file: file.file, line }, words)];
}

function forManaged(name: string): string {
  return `the agent delivers its own ${name}: remove it here`;
}

/** What signs sessions or keys needs 32 characters; Better Auth refuses less. */
function kindOf(name: string): "generated" | "external" {
  return isSigningSecret(name) ? "generated" : "external";
}
