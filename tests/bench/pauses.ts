import { changedLives, livesOf } from "../support/lives.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";
import { containerProcess } from "./container-process.ts";
import { servingContainer } from "./customer.ts";
import { firstAnswer } from "./first-answer.ts";
import { ms, type Row } from "./row.ts";
import { startWatch } from "./running-watch.ts";

const PAUSE_MS = 10_000;
const AFTERWARDS_MS = 15_000;

type Paused = { restarts: string[]; servedAfterMs: number | undefined };

/**
 * A process that stands still for 10 s, as a collector of garbage may let it. Where a restart costs more than the
 * pause it must be waited for; where it costs less, a restart is the quicker way back.
 */
export async function pauses(): Promise<Row[]> {
  const slow = await pausedApp("12000");
  const quick = await pausedApp("0");
  const restarted = quick.restarts.length > 0;
  return [
    {
      what: "false restarts: a 10 s pause of an app whose start takes 12 s",
      measured: slow.restarts.join(", ") || "0",
      beside: `an app that starts at once: ${restarted ? "restarted" : "not restarted"}, served again ${shown(quick)} after the pause began`,
      bar: "0; the line: a pause longer than the service's own start (p50), and than 3 failed looks",
      met: slow.restarts.length === 0,
    },
  ];
}

const shown = ({ servedAfterMs }: Paused) => (servedAfterMs === undefined ? "not at all" : ms(servedAfterMs));

async function pausedApp(bootMs: string): Promise<Paused> {
  await using project: TestProject = await testProject();
  writeApp(project, { BOOT_MS: bootMs }, { toml: 'live = { http = ":8080/health" }' });
  await project.must("deploy");
  await using watch = await startWatch(project);
  const before = await livesOf(project.name);
  const app = await containerProcess(await servingContainer(project.name, "app"));
  await app.freeze();
  const thawing = Bun.sleep(PAUSE_MS).then(() => app.thaw());
  const servedAfterMs = await firstAnswer({ url: project.url, withinMs: PAUSE_MS * 3 });
  await thawing;
  await Bun.sleep(AFTERWARDS_MS);
  await watch.settled();
  const acts = watch.acts().map(({ service, cause }) => `restart of ${service} (${cause})`);
  return { restarts: [...changedLives(before, await livesOf(project.name)), ...acts], servedAfterMs };
}
