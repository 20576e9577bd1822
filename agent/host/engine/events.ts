import { SoloflowError } from "../../core/errors.ts";
import { LineSplitter } from "../line-splitter.ts";
import type { EngineClient } from "./engine-client.ts";
import { Place } from "./place.ts";

/**
 * The actions that are asked for. Not the exec_* of health checks: they are three an interval and container, carry
 * whole commands, and would push everything else out of the reader's buffer.
 */
const ACTIONS = [
  "create",
  "start",
  "die",
  "stop",
  "kill",
  "oom",
  "pause",
  "unpause",
  "destroy",
  "rename",
  "restart",
  "update",
  "health_status",
] as const;

export type EngineEvent = {
  /** One of the asked ones; "health_status" without what follows its colon. */
  action: (typeof ACTIONS)[number];
  /** The container. */
  id: string;
  /** Milliseconds since the epoch by the engine's clock, with a fraction. */
  at: number;
  /** The container's labels, and the engine's own attributes of the event ("name", "image", "execDuration", …). */
  labels: Readonly<Record<string, string>>;
  /** With "die". */
  exitCode?: number;
  /** With "kill". */
  signal?: number;
  /** With "health_status": "healthy", "unhealthy", … */
  health?: string;
};

/**
 * To be read once. It ends when the engine ends it or the signal is aborted, and throws SoloflowError "no-docker"
 * where the connection breaks, "engine" for what is not understood. Events are lost by design of the engine: whoever
 * reads must list after opening it, and again from time to time. An engine that hangs is silent: ping it.
 */
export type EventStream = AsyncIterable<EngineEvent>;

/** See `Engine.events`. */
export async function openEvents(
  client: EngineClient,
  labels: readonly string[],
  signal: AbortSignal,
): Promise<EventStream> {
  const filters = JSON.stringify({ type: ["container"], event: ACTIONS, label: labels });
  // The engine answers before it subscribes: what happens in between comes from its memory.
  const since = (Date.now() / 1_000).toFixed(3);
  const chunks = await client.stream({ path: "/events", query: { filters, since } }, signal);
  return eventsIn(chunks);
}

/** Exported for tests. */
export async function* eventsIn(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<EngineEvent> {
  const lines: string[] = [];
  const splitter = new LineSplitter((line) => lines.push(line));
  for await (const chunk of chunks) {
    splitter.push(chunk);
    for (const line of lines.splice(0)) yield* eventOf(line);
  }
}

/** None for an action that was not asked for: an engine of another make may not know the filter. */
function* eventOf(line: string): Generator<EngineEvent> {
  if (line.trim() === "") return;
  const event = new Place(parse(line), "GET /events");
  const [name, health] = event.at("Action").string().split(": ", 2);
  const action = ACTIONS.find((each) => each === name);
  if (action === undefined) return;
  const actor = event.at("Actor");
  const labels = actor.at("Attributes").texts();
  yield {
    ...{ action, id: actor.at("ID").string(), at: event.at("timeNano").number() / 1e6, labels },
    ...(action === "die" ? numberIn("exitCode", labels.exitCode) : {}),
    ...(action === "kill" ? numberIn("signal", labels.signal) : {}),
    ...(action === "health_status" && health !== undefined ? { health } : {}),
  };
}

function numberIn<Key extends string>(key: Key, text: string | undefined): { [Name in Key]?: number } {
  const value = Number(text ?? Number.NaN);
  return Number.isInteger(value) ? ({ [key]: value } as { [Name in Key]: number }) : {};
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SoloflowError("engine", `an event of docker is no JSON: ${line.slice(0, 80)}`, { cause });
  }
}
