import { containerIds } from "../support/container-ids.ts";
import { type TestProject, testProject } from "../support/test-project.ts";
import { tinyImage } from "../support/tiny-image.ts";
import { cpuShare, processCost } from "./process-cost.ts";
import type { Row } from "./row.ts";
import { startWatch } from "./running-watch.ts";
import { writeTinyServices } from "./tiny-services.ts";

const COUNTS = [10, 50, 200];
const EVERY_MS = 2_000;
const WINDOW_MS = 20_000;
/** What a start costs is over by then. */
const WARM_MS = 8_000;
/** Two measurements of the same differ by so much on a busy machine. */
const NOISE = 1.1;
const MEGABYTE = 1_000_000;

type Sample = {
  count: number;
  cpu: number;
  rssMb: number;
  missed: number;
  looks: number;
  longestGapMs: number;
};

/** What watching more containers costs, each asked by HTTP every 2 s; every look is counted by who was asked. */
export async function manyContainers(): Promise<Row[]> {
  await using project = await testProject();
  const image = await tinyImage();
  const samples: Sample[] = [];
  for (const count of COUNTS) {
    writeTinyServices(project, image, count);
    await project.must("deploy");
    samples.push(await sample(project, count));
  }
  const shown = (of: (sample: Sample) => string) =>
    samples.map((each) => `${each.count}: ${of(each)}`).join(", ");
  const missed = samples.reduce((sum, each) => sum + each.missed, 0);
  return [
    {
      what: `CPU of the watchdog with ${COUNTS.join(", ")} containers`,
      measured: shown(({ cpu }) => `${cpu.toFixed(2)} %`),
      beside: `for each: ${shown(({ cpu, count }) => `${(cpu / count).toFixed(3)} %`)}`,
      bar: "at most linear",
      met: isLinear(samples, ({ cpu }) => cpu),
    },
    {
      what: "its memory (RSS)",
      measured: shown(({ rssMb }) => `${rssMb.toFixed(1)} MB`),
      beside: "",
      bar: "at most linear",
      met: isLinear(samples, ({ rssMb }) => rssMb),
    },
    {
      what: `looks missed in ${WINDOW_MS / 1_000} s, counted in the containers`,
      measured: `${missed} of ${samples.reduce((sum, each) => sum + each.looks, 0)}`,
      beside: `longest time without a look ${shown(({ longestGapMs }) => `${longestGapMs} ms`)}`,
      bar: "0",
      met: missed === 0,
    },
  ];
}

/** More containers cost each of them no more than fewer do. */
function isLinear(samples: readonly Sample[], of: (sample: Sample) => number): boolean {
  const each = samples.map((sample) => of(sample) / sample.count);
  return each.every((value, index) => index === 0 || value <= (each[index - 1] ?? 0) * NOISE);
}

async function sample(project: TestProject, count: number): Promise<Sample> {
  await using watch = await startWatch(project);
  await Bun.sleep(WARM_MS);
  const since = Date.now();
  const before = processCost(watch.pid);
  await Bun.sleep(WINDOW_MS);
  const after = processCost(watch.pid);
  const until = Date.now();
  const looks = await looksOf(project, since, until);
  const expected = Math.floor((until - since) / EVERY_MS);
  // A window that begins and ends between two looks has one less.
  const missed = looks.reduce((sum, times) => sum + Math.max(0, expected - 1 - times.length), 0);
  return {
    count,
    cpu: cpuShare(before, after),
    rssMb: after.rssBytes / MEGABYTE,
    missed,
    looks: looks.reduce((sum, times) => sum + times.length, 0),
    longestGapMs: Math.max(...looks.map((times) => longestGap([since, ...times, until]))),
  };
}

function longestGap(times: readonly number[]): number {
  return Math.max(...times.slice(1).map((time, index) => time - (times[index] ?? time)));
}

/** When each container answered, by its own log. */
async function looksOf(project: TestProject, since: number, until: number): Promise<number[][]> {
  const ids = await containerIds(project.name);
  const looks: number[][] = [];
  for (const id of ids) looks.push(await looksAt(id, since, until));
  return looks;
}

async function looksAt(id: string, since: number, until: number): Promise<number[]> {
  const child = Bun.spawn(["docker", "logs", "-t", "--since", `${since / 1_000}`, id], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  await child.exited;
  return `${stdout}${stderr}`
    .split("\n")
    .filter((line) => line.includes("response:200"))
    .map((line) => Date.parse(line.split(" ", 1)[0] ?? ""))
    .filter((at) => at <= until);
}
