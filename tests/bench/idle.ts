import { stackProject } from "../support/stack-project.ts";
import { cpuShare, processCost } from "./process-cost.ts";
import type { Row } from "./row.ts";
import { startWatch } from "./running-watch.ts";

const MEGABYTE = 1_000_000;
const LOOK_MS = 10_000;
/** What a start costs is over by then. */
const WARM_MS = 10_000;

/** `alone`: no other part was asked for, and there is time. SOLOFLOW_BENCH_IDLE_S overrules both, for who works on it. */
const lengthOf = (alone: boolean) => Number(process.env.SOLOFLOW_BENCH_IDLE_S ?? (alone ? "600" : "120"));

/** The watchdog over a stack to which nothing happens: 10 min alone, 2 min among the other parts. */
export async function idleWatch(alone: boolean): Promise<Row[]> {
  const seconds = lengthOf(alone);
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
