import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { containerProcess } from "./container-process.ts";
import { type Customer, customerOf, servingContainer } from "./customer.ts";
import { firstAnswer } from "./first-answer.ts";
import { median, ms, type Row } from "./row.ts";
import { type RunningWatch, startWatch } from "./running-watch.ts";

const RUNS = 5;
/** A container that lived so long is started again after 100 ms; a younger one waits twice as long each time. */
const CALM_MS = 11_000;

/** The gateway's process is killed from outside, as the kernel does it when memory is short. */
export async function killedGateway(): Promise<Row[]> {
  await using stack = await stackProject();
  await stack.must("deploy");
  const customer = await customerOf(stack);
  await using watch = await startWatch(stack);
  const times: number[] = [];
  for (let run = 0; run < RUNS; run += 1) times.push(await recovery(stack, customer, watch));
  const acts = watch.acts();
  const restarts = await docker(
    ...["inspect", "-f", "{{.RestartCount}}", await servingContainer(stack.name, "gateway")],
  );
  return [
    {
      what: `gateway killed (kill -9) → serving again, ${RUNS} runs`,
      measured: `worst ${ms(Math.max(...times))}`,
      beside: `median ${ms(median(times))}; started by Docker ${restarts}×, by the watchdog as well ${acts.length}×`,
      bar: "≤ 1.5 s, done once",
      met: Math.max(...times) <= 1_500 && acts.length === 0 && Number(restarts) === RUNS,
    },
  ];
}

async function recovery(stack: StackProject, customer: Customer, watch: RunningWatch): Promise<number> {
  const container = await servingContainer(stack.name, "gateway");
  await Bun.sleep(Math.max(0, CALM_MS - (await ageOf(container))));
  (await containerProcess(container)).kill();
  const afterMs = await firstAnswer({ ...customer, withinMs: 30_000 });
  if (afterMs === undefined) throw new Error("the gateway did not serve again");
  await watch.settled();
  return afterMs;
}

async function ageOf(container: string): Promise<number> {
  return Date.now() - Date.parse(await docker("inspect", "-f", "{{.State.StartedAt}}", container));
}
