import { EXIT, reason, SoloflowError } from "../core/errors.ts";
import type { Progress } from "../core/progress.ts";
import type { Host } from "../host/host.ts";
import { ALL_SERVICES } from "../host/store/leases.ts";
import { composeDown } from "../plan/docker.ts";
import { isUnderWay } from "../plan/rotate/machine.ts";
import { modelFile, readModel } from "./deploy/model-file.ts";
import { pruneSecrets } from "./deploy/prune-secrets.ts";
import { refuseWithoutDocker } from "./docker-command.ts";
import { firstLines } from "./first-lines.ts";
import type { KnownProject } from "./known-project.ts";
import { withOperation } from "./operation.ts";
import { openRotations } from "./rotate/rotation-record.ts";

const DOWN_TIMEOUT_MS = 300_000;

/** Named volumes of the model that `down --volumes` would delete; those of somebody else are not among them. */
export async function ownVolumes(host: Host, project: KnownProject): Promise<string[]> {
  const model = await readModel(host, project);
  return Object.entries(model?.volumes ?? {})
    .filter(([, volume]) => volume?.external !== true)
    .map(([key, volume]) => volume?.name ?? `${project.name}_${key}`);
}

/**
 * Stops and removes the containers and networks of the agent's model; with `volumes` its data too. Its decrypted
 * secrets go. Containers that are in no model stay. Errors: SoloflowError "nothing-deployed" (exit 2), "no-docker" (6), "compose".
 */
export async function down(
  host: Host,
  project: KnownProject,
  options: { volumes: boolean; waitMs: number; progress: Progress; signal: AbortSignal },
): Promise<void> {
  const { progress, waitMs, signal, volumes } = options;
  if ((await readModel(host, project)) === undefined) {
    throw new SoloflowError("nothing-deployed", `${project.name} has not been deployed`, {
      exitCode: EXIT.usage,
    });
  }
  await withOperation(
    host,
    project,
    { kind: "down", waitMs, progress, signal },
    ({ exec, journal, lease, store }) =>
      journal(async () => {
        // Taken back or finished by the next deploy, which has the services that it takes.
        for (const { id, state } of openRotations(store).filter(isUnderWay))
          progress.say(`found: rotation ${id} was interrupted (${state}); the next deploy settles it`);
        await lease([ALL_SERVICES]);
        const step = progress.step(`stopping ${project.name}`);
        const outcome = await exec(composeDown(modelFile(project), project.name, volumes), {
          timeoutMs: DOWN_TIMEOUT_MS,
        });
        if (outcome.kind !== "ok") {
          step.fail();
          await refuseWithoutDocker(host, outcome);
          const words =
            outcome.kind === "failed" ? firstLines(outcome.stderr) : "it was ended before it was through";
          throw new SoloflowError("compose", `not all was stopped: ${words}`);
        }
        step.done();
        // What is stopped is stopped, whether or not the rest can be cleaned up.
        await pruneSecrets(host, project).catch((thrown) =>
          progress.warn(`decrypted secrets are left in ${project.paths.run}: ${reason(thrown)}`),
        );
      }),
  );
}
