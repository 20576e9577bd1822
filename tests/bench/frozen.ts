import { type StackProject, stackProject } from "../support/stack-project.ts";
import { containerProcess } from "./container-process.ts";
import { type Customer, customerOf, servingContainer } from "./customer.ts";
import { firstAnswer } from "./first-answer.ts";
import { median, ms, type Row } from "./row.ts";
import { type Act, type Incident, startWatch, unblockSoon } from "./running-watch.ts";

const RUNS = 20;
/** Longer than Docker needs to call it unhealthy three times over; then it still does nothing. */
const ALONE_MS = 30_000;
const LIMIT_MS = 60_000;
/** Between two looks of the watchdog at a ready service: the freeze comes at any moment of it. */
const EVERY_MS = 2_000;

type Recovery = { afterMs: number; incident: Incident; act: Act };

/**
 * The gateway's process is stopped as a hang stops it: it lives, its port is open, nobody is answered. Time until a
 * customer with a real key has a good answer again, each time with a fresh budget and no standby.
 */
export async function frozenGateway(): Promise<Row[]> {
  await using stack = await stackProject();
  unblockSoon(stack);
  await stack.must("deploy");
  const customer = await customerOf(stack);
  const alone = await withoutWatchdog(stack, customer);
  const recoveries: Recovery[] = [];
  for (let run = 0; run < RUNS; run += 1)
    recoveries.push(await recovery(stack, customer, (run * EVERY_MS) / RUNS));
  const times = recoveries.map(({ afterMs }) => afterMs);
  const detected = recoveries.map(({ incident }) => incident.detectedMs ?? Number.NaN);
  const remedies = Map.groupBy(recoveries, ({ act }) => act.how ?? act.kind);
  const shown = [...remedies].map(([remedy, { length }]) => `${remedy} ${length}×`).join(", ");
  const what = `gateway frozen → serving again, ${RUNS} runs`;
  const measured = `median ${ms(median(times))}`;
  return [
    { what, measured, beside: `Docker alone: ${alone}`, bar: "≤ 6 s", met: median(times) <= 6_000 },
    {
      what: "the worst of them",
      measured: ms(Math.max(...times)),
      beside: `found after ${ms(median(detected))} in the median; ${shown}; docker-autoheal: 19–23 s with a 1 s check, 107–109 s with 30 s × 3 (measured before)`,
      bar: "≤ 10 s",
      met: Math.max(...times) <= 10_000,
    },
  ];
}

/** `phaseMs`: how long after the watchdog has settled, so that its looks do not fall together with the freezes. */
async function recovery(stack: StackProject, customer: Customer, phaseMs: number): Promise<Recovery> {
  await using watch = await startWatch(stack);
  await Bun.sleep(phaseMs);
  const gateway = await containerProcess(await servingContainer(stack.name, "gateway"));
  await gateway.freeze();
  const afterMs = await firstAnswer({ ...customer, withinMs: LIMIT_MS });
  if (afterMs === undefined) throw new Error(`the gateway did not serve again within ${LIMIT_MS} ms`);
  await watch.settled();
  const [incidents, acts] = [watch.incidents(), watch.acts()];
  const [[incident], [act]] = [incidents, acts];
  if (incident === undefined || act === undefined || incidents.length + acts.length > 2)
    throw new Error(`one freeze, one incident, one act: ${JSON.stringify({ incidents, acts })}`);
  return { afterMs, incident, act };
}

async function withoutWatchdog(stack: StackProject, customer: Customer): Promise<string> {
  const gateway = await containerProcess(await servingContainer(stack.name, "gateway"));
  await gateway.freeze();
  try {
    const afterMs = await firstAnswer({ ...customer, withinMs: ALONE_MS });
    return afterMs === undefined ? `not in ${ALONE_MS / 1_000} s, nor ever` : ms(afterMs);
  } finally {
    gateway.thaw();
    await firstAnswer({ ...customer, withinMs: LIMIT_MS });
  }
}
