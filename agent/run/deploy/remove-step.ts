import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";

const LOG_LINES = 5_000;
const LOGS_KEPT = 10;

/** Stops a container with its own grace and removes it; its last log lines are kept in the state folder. */
export async function retire(
  host: Host,
  project: Project,
  container: { id: string; name: string },
): Promise<void> {
  await host.engine.stop(container.id);
  await keepLogs(host, project, container);
  await host.engine.remove(container.id, { force: true });
}

/** Removes a container that never served; its last log lines are kept too, where the disk has room for them. */
export async function discard(
  host: Host,
  project: Project,
  container: { id: string; name: string },
): Promise<void> {
  await keepLogs(host, project, container).catch(() => {});
  await host.engine.remove(container.id, { force: true });
}

async function keepLogs(
  host: Host,
  project: Project,
  container: { id: string; name: string },
): Promise<void> {
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
