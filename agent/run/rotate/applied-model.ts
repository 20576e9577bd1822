import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import type { ComposeService } from "../../plan/compose-model.ts";
import { type ModelFile, readModel } from "../deploy/model-file.ts";
import type { KnownProject } from "../known-project.ts";

/** What the last deploy applied: all that a rotation changes secrets in. */
export type Applied = {
  model: ModelFile;
  /** By the hash that containers carry. */
  specOf(hash: string): ComposeService | undefined;
};

/** Errors: SoloflowError "nothing-deployed" (exit 2). */
export async function readApplied(
  host: Pick<Host, "files">,
  project: KnownProject,
  store: Pick<Store, "specs">,
): Promise<Applied> {
  const model = await readModel(host, project);
  if (model === undefined)
    throw new SoloflowError("nothing-deployed", `${project.name} has not been deployed`, {
      hint: "soloflow-agent deploy",
      exitCode: EXIT.usage,
    });
  return { model, specOf: specsIn(store) };
}

function specsIn(store: Pick<Store, "specs">): Applied["specOf"] {
  return (hash) => {
    const json = store.specs.get(hash);
    return json === undefined ? undefined : (JSON.parse(json) as ComposeService);
  };
}
