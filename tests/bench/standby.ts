import { type StackProject, stackProject } from "../support/stack-project.ts";
import { type ContainerProcess, containerProcess } from "./container-process.ts";
import { customerOf } from "./customer.ts";
import { startLoads } from "./loads.ts";
import { ms, type Row } from "./row.ts";
import { startWatch, unblockSoon } from "./running-watch.ts";

const RUNS = 3;
/** Before the fault and after it: the ingress has noticed, and the watchdog has mended what was sick. */
const LEAD_MS = 2_000;
const TAIL_MS = 12_000;
/** A POST that a sick container has caught is not sent again: nobody knows what it has done. */
const LOAD = { perSecond: 200, methods: ["GET"] } as const;

type Fault = (process: ContainerProcess) => void | Promise<void>;
type Outcome = { sent: number; failures: string[]; gapMs: number; controlMs: number };

/** A warm standby takes over from the serving container before anyone has noticed. */
export async function standbyTakesOver(): Promise<Row[]> {
  await using stack = await stackProject();
  stack.edit("soloflow.toml", "[service.gateway]\n", "[service.gateway]\nstandby = true\n");
  unblockSoon(stack);
  await stack.must("deploy");
  return [
    ...(await rows(stack, "frozen", (process) => process.freeze(), 1_000)),
    ...(await rows(stack, "killed", (process) => process.kill(), 100)),
  ];
}

async function rows(stack: StackProject, what: string, fault: Fault, barMs: number): Promise<Row[]> {
  const outcomes: Outcome[] = [];
  for (let run = 0; run < RUNS; run += 1) outcomes.push(await outcome(stack, fault));
  const failures = outcomes.flatMap((each) => each.failures);
  const sent = outcomes.reduce((sum, each) => sum + each.sent, 0);
  const gap = Math.max(...outcomes.map(({ gapMs }) => gapMs));
  const over = Math.max(...outcomes.map(({ gapMs, controlMs }) => gapMs - controlMs));
  const control = Math.max(...outcomes.map(({ controlMs }) => controlMs));
  const name = `gateway with a warm standby ${what} at ${LOAD.perSecond} GET/s, ${RUNS} times`;
  return [
    {
      what: `${name}: failed`,
      measured: `${failures.length} of ${sent}`,
      beside: failures.slice(0, 1).join(),
      bar: "0",
      met: failures.length === 0,
    },
    {
      what: `${name}: longest gap`,
      measured: ms(gap),
      beside: `control ${ms(control)}`,
      bar: barMs >= 1_000 ? `≤ ${barMs / 1_000} s` : `≤ ${barMs} ms over the control's`,
      met: barMs >= 1_000 ? gap <= barMs : over <= barMs,
    },
  ];
}

async function outcome(stack: StackProject, fault: Fault): Promise<Outcome> {
  const { url, headers } = await customerOf(stack);
  await using watch = await startWatch(stack);
  const gateway = await containerProcess(await serving(stack, "gateway"));
  const loads = startLoads(url, headers, LOAD);
  await Bun.sleep(LEAD_MS);
  await fault(gateway);
  await Bun.sleep(TAIL_MS);
  const { load, control } = await loads.stop();
  await watch.settled();
  return {
    sent: load.sent,
    failures: load.failures,
    gapMs: load.longestGapMs,
    controlMs: control.longestGapMs,
  };
}

/** Both colours run: who serves is known to the agent. */
async function serving(stack: StackProject, service: string): Promise<string> {
  const { services } = JSON.parse((await stack.must("status", "--json")).stdout) as {
    services: { name: string; container: string | null }[];
  };
  const container = services.find(({ name }) => name === service)?.container;
  if (!container) throw new Error(`nobody serves ${service}`);
  return container;
}
