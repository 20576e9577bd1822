import { systemHost } from "../../agent/host/system-host.ts";
import { LABEL } from "../../agent/plan/labels.ts";
import { containerIds } from "../support/container-ids.ts";
import { eventStorm } from "../support/event-storm.ts";
import { faultyEngine } from "../support/faulty-engine.ts";
import { type TestProject, testProject } from "../support/test-project.ts";
import { tinyImage } from "../support/tiny-image.ts";
import { waitFor } from "../support/wait-for.ts";
import { judgedProbes } from "./judged-probes.ts";
import { ms, percentile, type Row } from "./row.ts";
import { type Decided, type RunningWatch, startWatch } from "./running-watch.ts";
import { writeTinyServices } from "./tiny-services.ts";

const EVENTS = 1_000;
/** During a storm, beside some hundred of the storm's a second. */
const IN_STORM = 200;
const SERVICES = 20;
/** Of one container's two events: the watchdog leaves 100 ms between two looks at one. */
const APART_MS = 150;

/** How long the engine's word takes to become a decision in the running daemon, and a probe's result in its queue. */
export async function decisions(): Promise<Row[]> {
  await using project = await testProject();
  writeTinyServices(project, await tinyImage(), SERVICES);
  await project.must("deploy");
  const usual = await ofEvents(project, EVENTS);
  const storm = await inStorm(project);
  const { queued, reduced } = judgedProbes(EVENTS);
  const probe = percentile(queued, 0.99);
  const among = `among ${Math.round(storm.perMinute)} others a minute`;
  return [
    eventRow("an engine's event → decision out", usual, EVENTS),
    eventRow(`an engine's event → decision out, ${among}`, storm, IN_STORM),
    {
      what: `a probe's result → decision out, ${queued.length} of them, with what is written to the disk, p99`,
      measured: `${probe.toFixed(2)} ms`,
      beside: `worst ${ms(Math.max(...queued))}; the reducer alone ${percentile(reduced, 0.99).toFixed(3)} ms`,
      bar: "≤ 50 ms",
      met: probe <= 50,
    },
  ];
}

function eventRow(what: string, { events, heard }: Latencies, least: number): Row {
  const event = percentile(events, 0.99);
  return {
    what: `${what}, ${events.length} in the running daemon, p99`,
    measured: ms(event),
    beside: `median ${ms(percentile(events, 0.5))}, worst ${ms(Math.max(...events))}; the way of the engine's word to a reader, which is in it: p99 ${ms(percentile(heard, 0.99))}`,
    bar: "≤ 50 ms",
    met: events.length >= least && event <= 50,
  };
}

/** `heardMs`: how long the engine's word was on its way to this process, which reads the same stream. */
type Told = { service: string; at: number; action: "pause" | "unpause"; heardMs: number };

type Latencies = { events: number[]; heard: number[] };

/** Containers are paused and go on, as a person does it; from the engine's own time of it to the daemon's record. */
async function ofEvents(project: TestProject, count: number): Promise<Latencies> {
  await using watch = await startWatch(project);
  const told = await pauseAll(project, count);
  const isDone = () => watch.events().filter(({ from }) => from === "held").length >= count / 2;
  await waitFor("every pause is known to be over", isDone, 10_000).catch(() => {});
  return { events: latencies(told, watch), heard: told.map(({ heardMs }) => heardMs) };
}

/** The same, with an engine that has as much else to tell as in a storm. */
async function inStorm(project: TestProject): Promise<Latencies & { perMinute: number }> {
  await using engine = await faultyEngine();
  const known = await containerIds(project.name);
  const over = new AbortController();
  const began = performance.now();
  const storm = eventStorm(engine, { project: project.name, known, signal: over.signal });
  const env = { ...project.env, DOCKER_HOST: engine.address };
  const measured = await ofEvents({ ...project, env }, IN_STORM).finally(() => over.abort());
  return { ...measured, perMinute: ((await storm) / (performance.now() - began)) * 60_000 };
}

async function pauseAll(project: TestProject, count: number): Promise<Told[]> {
  const { engine } = systemHost();
  const over = new AbortController();
  const label = `${LABEL.composeProject}=${project.name}`;
  const ids = (await engine.containers([label])).map(({ id }) => id);
  const told: Told[] = [];
  const stream = await engine.events([label], over.signal);
  const reading = (async () => {
    for await (const { action, at, labels } of stream)
      if (action === "pause" || action === "unpause")
        told.push({ service: labels[LABEL.composeService] ?? "", at, action, heardMs: Date.now() - at });
  })();
  for (let number = 0; number < count / 2; number += 1) {
    const id = ids[number % ids.length] ?? "";
    await engineDoes(id, "pause");
    await Bun.sleep(APART_MS / 2);
    await engineDoes(id, "unpause");
  }
  await waitFor("the engine has told all", () => told.length >= count, 10_000);
  over.abort();
  await reading.catch(() => {});
  return told;
}

/** On a busy machine the engine now and then does not get a container to stand still ("unable to freeze"). */
const TRIES = 5;

async function engineDoes(id: string, what: "pause" | "unpause"): Promise<void> {
  let refused = "";
  for (let tries = 0; tries < TRIES; tries += 1) {
    const url = `http://docker/containers/${id}/${what}`;
    const answer = await fetch(url, { method: "POST", unix: "/var/run/docker.sock" });
    if (answer.status === 204) return;
    refused = `${what}: ${answer.status} ${await answer.text()}`;
    await Bun.sleep(APART_MS);
  }
  throw new Error(refused);
}

/** Of each event the first decision on its service that follows from it; one that never came is an hour. */
function latencies(told: readonly Told[], watch: RunningWatch): number[] {
  const decided = Map.groupBy(watch.events(), ({ service }) => service);
  return told.map(({ service, at, action }) => {
    const follows = ({ from, to }: Decided) => (action === "pause" ? to === "held" : from === "held");
    // The engine's times have a fraction, those of the record have none.
    const first = decided.get(service)?.find((each) => each.at >= Math.floor(at) && follows(each));
    return first === undefined ? 3_600_000 : Math.max(0, first.at - at);
  });
}
