import { stackProject } from "../support/stack-project.ts";
import { cpuShare, processCost } from "./process-cost.ts";
import type { Row } from "./row.ts";
import { startWatch } from "./running-watch.ts";

const MEGABYTE = 1_000_000;
const LOOK_MS = 10_000;
/** What a start costs is over by then. */
const WARM_MS = 10_000;

/** The watchdog over a stack to which nothing happens. `seconds`: SOLOFLOW_BENCH_IDLE_S. */
export async function idleWatch(): Promise<Row[]> {
  const seconds = Number(process.env.SOLOFLOW_BENCH_IDLE_S ?? "600");
  await using stack = await stackProject();
  await stack.must("deploy");
  await using watch = await startWatch(stack);
  await Bun.sleep(WARM_MS);
  const before = processCost(watch.pid);
  const looks = [before];
  while ((looks.at(-1)?.atMs ?? 0) - before.atMs < seconds * 1_000) {
    await Bun.sleep(Math.min(LOOK_MS, seconds * 1_000));
    looks.push(processCost(watch.pid));
  }
  const after = looks.at(-1) ?? before;
  const most = (of: (look: typeof before) => number) => Math.max(...looks.map(of)) / MEGABYTE;
  const [rss, dirty] = [most((look) => look.rssBytes), most((look) => look.privateDirtyBytes)];
  const cpu = cpuShare(before, after);
  const what = `watch, idle with the stack for ${((after.atMs - before.atMs) / 60_000).toFixed(1)} min`;
  const mb = (bytes: number) => `${(bytes / MEGABYTE).toFixed(1)} MB`;
  return [
    {
      what: `${what}: memory (RSS), at most`,
      measured: `${rss.toFixed(1)} MB`,
      beside: `at first ${mb(before.rssBytes)}, at last ${mb(after.rssBytes)}`,
      bar: "≤ 50 MB",
      met: rss <= 50,
    },
    {
      what: "of it private and written to",
      measured: `${dirty.toFixed(1)} MB`,
      beside: `at first ${mb(before.privateDirtyBytes)}, at last ${mb(after.privateDirtyBytes)}`,
      bar: "≤ 8 MB",
      met: dirty <= 8,
    },
    {
      what: "its CPU",
      measured: `${cpu.toFixed(2)} % of a core`,
      beside: `${Object.keys((await watch.report()).services).length} services looked at every 2 s`,
      bar: "≤ 0.2 %",
      met: cpu <= 0.2,
    },
  ];
}
