import { EXIT, SoloflowError } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";
import type { Progress } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { planEnsure } from "../../plan/secrets-ensure.ts";
import type { Project } from "../project.ts";
import { commitSecrets } from "./commit-secrets.ts";
import { newValue } from "./new-values.ts";
import { openSecrets } from "./open-secrets.ts";
import { takeValues } from "./take-values.ts";

/** Errors: SoloflowError "secrets-name" (exit 2) for a name that soloflow.toml does not have. */
export function refuseUnknownName(project: Project, name: string): void {
  if (project.config.secret[name] !== undefined) return;
  const near = nearest(name, Object.keys(project.config.secret));
  const guess = near === undefined ? "" : `; did you mean ${near}?`;
  throw new SoloflowError("secrets-name", `soloflow.toml has no [secret.${name}]${guess}`, {
    hint: "soloflow-agent secrets list names them",
    exitCode: EXIT.usage,
  });
}

/**
 * Puts one value into the store; "same" when it is there already. The project's lock must be held.
 * Errors: SoloflowError "secrets-value" (exit 2) with the reason why it is not taken.
 */
export async function setSecret(
  host: Pick<Host, "files" | "clock">,
  project: Project,
  { name, value }: { name: string; value: Secret },
  options: { acceptWeak: boolean; progress: Progress },
): Promise<{ kind: "set" | "same"; warnings: readonly string[] }> {
  refuseUnknownName(project, name);
  const [ruling] = await takeValues(host, project, [{ name, value: value.reveal() }], options);
  if (ruling?.kind === "take") return { kind: "set", warnings: ruling.warnings };
  if (ruling?.kind === "same") return { kind: "same", warnings: [] };
  const hint = ruling?.kind === "refused" ? ruling.hint : undefined;
  throw notTaken(name, ruling?.why ?? "was not looked at", hint);
}

/** Makes a value that the agent would not make by itself, because there is data already. Lock as above. */
export async function generateSecret(
  host: Pick<Host, "files" | "clock">,
  project: Project,
  name: string,
  progress: Progress,
): Promise<void> {
  refuseUnknownName(project, name);
  const secrets = (await openSecrets(host, project))?.secrets ?? {};
  const make = planEnsure(project.config, secrets, false).make.find((one) => one.name === name);
  if (make === undefined) {
    const external = project.config.secret[name]?.kind === "external";
    throw external
      ? notTaken(name, "is yours to give, not the agent's to make", `soloflow-agent secrets set ${name}`)
      : notTaken(name, "has a value already", "soloflow-agent secrets list says since when");
  }
  await commitSecrets(host, project, { ...secrets, [name]: newValue(host, make) }, progress);
}

function notTaken(name: string, why: string, hint?: string): SoloflowError {
  return new SoloflowError("secrets-value", `${name} ${why}`, { hint, exitCode: EXIT.usage });
}
