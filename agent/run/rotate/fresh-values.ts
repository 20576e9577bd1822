import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import type { RotatedName, RotationPlan } from "../../plan/rotate/types.ts";
import type { Secrets, StoredSecret } from "../../plan/secrets.ts";
import { impossibleValue, weakValue } from "../../plan/secrets-value.ts";
import type { Project } from "../project.ts";
import { newValue } from "../secrets/new-values.ts";
import { earlierValue } from "./earlier-value.ts";
import { verifyExternal } from "./verify-external.ts";

type Wanted = {
  plan: RotationPlan;
  given: Readonly<Record<string, Secret>>;
  secrets: Secrets;
  /** Of the store. */
  version: number;
  progress: Progress;
};

/**
 * One new version of each name: made here, typed by somebody, or an earlier one. Values that somebody typed are tried
 * before. Errors: SoloflowError "secrets-value" (exit 2) for one that cannot be used, "verify" for one that is refused.
 */
export async function freshValues(host: Host, project: Project, wanted: Wanted): Promise<Secrets> {
  const { plan } = wanted;
  const made = plan.make.map((make) => [make.name, newValue(host, make)] as const);
  const others = plan.names.filter(({ name }) => !plan.make.some((make) => make.name === name));
  const fresh: [string, StoredSecret][] = [];
  for (const each of others) {
    const value =
      plan.cause === "back"
        ? await earlierValue(host, project, each.name, wanted)
        : await typedValue(host, project, each, wanted);
    fresh.push([each.name, value]);
  }
  return Object.fromEntries([...made, ...fresh]);
}

async function typedValue(
  host: Host,
  project: Project,
  { name, kind }: RotatedName,
  { given, secrets, progress }: Wanted,
): Promise<StoredSecret> {
  const value = given[name];
  if (value === undefined) throw notTaken(name, "has no new value");
  const text = value.reveal();
  const why = impossibleValue(text) ?? weakValue(kind, text);
  if (why !== undefined) throw notTaken(name, why);
  const stored = secrets[name];
  if (stored?.kind === "external" && stored.versions.some((version) => version.value === text))
    throw notTaken(name, "has this value already");
  await verifyExternal(host, project, name, value, progress);
  const createdAt = new Date(host.clock.now()).toISOString();
  return { kind: "external", versions: [{ n: 1, value: text, createdAt }] };
}

function notTaken(name: string, why: string): SoloflowError {
  return new SoloflowError("secrets-value", `${name} ${why}`, {
    hint: `soloflow-agent rotate-secrets ${name} asks for it, or reads it from standard input`,
    exitCode: EXIT.usage,
  });
}
