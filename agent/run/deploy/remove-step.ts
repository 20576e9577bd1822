import { join } from "node:path";
import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";
import type { Execution } from "./execution.ts";

const LOG_LINES = 5_000;
const LOGS_KEPT = 10;

type Removal = Pick<Execution, "host" | "progress"> & { project: Pick<Project, "paths"> };
type Removed = { id: string; name: string };

/** Stops a container with its own grace and removes it; its last log lines are kept in the state folder. */
export async function retire(execution: Removal, container: Removed): Promise<void> {
  await execution.host.engine.stop(container.id);
  await discard(execution, container);
}

/** Removes a container, with its last log lines kept. That they cannot be, on a full disk for instance, stops nothing. */
export async function discard(execution: Removal, container: Removed): Promise<void> {
  const { host, project, progress } = execution;
  await keepLogs(host, project, container).catch((thrown) =>
    progress.warn(`the last log lines of ${container.name} are not kept: ${reason(thrown)}`),
  );
  await host.engine.remove(container.id, { force: true });
}

async function keepLogs(host: Host, project: Removal["project"], container: Removed): Promise<void> {
  const folder = join(project.paths.state, "logs");
  const time = new Date(host.clock.now()).toISOString().replaceAll(/[:.]/g, "-");
  await host.files.writeAtomic(
    join(folder, `${container.name}-${time}.log`),
    await host.engine.logs(container.id, LOG_LINES),
  );
  const kept = ((await host.files.list(folder)) ?? []).filter((name) =>
    name.startsWith(`${container.name}-`),
  );
  for (const old of kept.sort().slice(0, -LOGS_KEPT)) await host.files.remove(join(folder, old));
}
