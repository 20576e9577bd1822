import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { readStore } from "../../host/store/open-store.ts";
import type { RotationPlan } from "../../plan/rotate/types.ts";
import type { Project } from "../project.ts";
import { planNow, type RotateOptions } from "./rotate-secrets.ts";

/** What a rotation would do now. Names of external secrets that are wished for count as given. */
export async function previewRotation(
  host: Host,
  project: Project,
  wish: RotateOptions["wish"],
): Promise<RotationPlan> {
  using store = readStore(
    (await host.files.stat(project.paths.database)) ? project.paths.database : ":memory:",
  );
  const given = Object.fromEntries(wish.names.map((name) => [name, new Secret("")]));
  return await planNow(host, project, { store }, { wish, given });
}
