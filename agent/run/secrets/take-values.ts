import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import { randomSalt } from "../../host/secret-store/random-value.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { type Ruling, ruleOn } from "../../plan/secrets-take.ts";
import type { Project } from "../project.ts";
import { commitSecrets } from "./commit-secrets.ts";
import { openSecrets } from "./open-secrets.ts";

export type Given = { name: string; value: string };

/**
 * Puts values that a person gives into the store, as one new version, and says of each what became of it. What
 * cannot be taken does not keep the others out. The project's lock must be held.
 */
export async function takeValues(
  host: Pick<Host, "files" | "clock">,
  project: Project,
  given: readonly Given[],
  { acceptWeak, progress }: { acceptWeak: boolean; progress: Progress },
): Promise<Ruling[]> {
  const before = (await openSecrets(host, project))?.secrets ?? {};
  const at = new Date(host.clock.now()).toISOString();
  const rulings = given.map((one) =>
    ruleOn(project.config, before, one, { at, salt: randomSalt(), acceptWeak }),
  );
  const taken = rulings.flatMap((ruling) => (ruling.kind === "take" ? [[ruling.name, ruling.stored]] : []));
  if (taken.length > 0) {
    const after: Secrets = { ...before, ...Object.fromEntries(taken) };
    await commitSecrets(host, project, after, progress);
  }
  return rulings;
}
