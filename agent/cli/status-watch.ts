import type { Host } from "../host/host.ts";
import type { KnownProject } from "../run/known-project.ts";
import { readStatus, type Status } from "../run/status/status.ts";
import type { Output } from "./output.ts";
import { statusLines } from "./status-text.ts";
import { timeText } from "./time-text.ts";

const EVERY_MS = 1_000;

type Watching = { host: Host; project: KnownProject; output: Output; signal: AbortSignal };

/** Shows the status until the signal: on a terminal as a picture that changes, elsewhere a line for each change. */
export async function watchStatus(watching: Watching): Promise<void> {
  await (watching.output.isTerminal ? onScreen(watching) : asLines(watching));
}

async function onScreen({ host, project, output, signal }: Watching): Promise<void> {
  using screen = output.screen();
  let last: Status | undefined;
  const draw = () => {
    if (last === undefined) return;
    const now = host.clock.now();
    const foot = output.inLine.dim(`${timeText(now)}, Ctrl-C to leave`);
    screen.draw([...statusLines(last, output.inLine, now), "", foot]);
  };
  screen.onResize(draw);
  await eachSecond({ host, project, signal }, (status) => {
    last = status;
    draw();
  });
}

async function asLines({ host, project, output, signal }: Watching): Promise<void> {
  const known = new Map<string, string>();
  const tell = (name: string, now: string, why = "") => {
    const before = known.get(name);
    if (before === now) return;
    known.set(name, now);
    const change = before === undefined ? now : `${before} → ${now}`;
    output.line(
      `${timeText(host.clock.now())}  ${name.padEnd(14)}  ${change}${why === "" ? "" : `: ${why}`}`,
    );
  };
  await eachSecond({ host, project, signal }, ({ engine, watchdog, services, incidents }) => {
    tell("docker", engine.reachable ? "reachable" : "unreachable");
    tell("watchdog", watchdog.running ? "running" : "not running");
    for (const { name, state, cause } of services) tell(name, state, cause ?? "");
    for (const { id, service, cause } of incidents) tell(`incident ${id}`, "open", `${service}, ${cause}`);
    for (const name of over(known, incidents)) tell(name, "over");
  });
}

/** Incidents that were open, and are no more. */
function over(known: ReadonlyMap<string, string>, incidents: Status["incidents"]): string[] {
  const open = new Set(incidents.map(({ id }) => `incident ${id}`));
  return [...known.keys()].filter((name) => /^incident \d+$/.test(name) && !open.has(name));
}

async function eachSecond(
  { host, project, signal }: Omit<Watching, "output">,
  show: (status: Status) => void,
): Promise<void> {
  while (!signal.aborted) {
    show(await readStatus(host, project, { detail: false }));
    await host.clock.sleep(EVERY_MS, signal);
  }
}
