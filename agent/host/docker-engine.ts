import { SoloflowError } from "../core/errors.ts";
import {
  containerLogs,
  inspectContainer,
  killContainer,
  listContainers,
  removeContainer,
  restartContainer,
  setRestartPolicy,
  startContainer,
  stopContainer,
  summarizeContainers,
} from "./engine/container-calls.ts";
import { EngineClient } from "./engine/engine-client.ts";
import { openEvents } from "./engine/events.ts";
import { execInContainer } from "./engine/exec-in-container.ts";
import { inspectImage, tagImage, untagImage } from "./engine/image-calls.ts";
import type { Place } from "./engine/place.ts";
import { readInfo, readNetworks, readVolumes } from "./engine/read-machine.ts";
import { type CpuSample, cpuPercent, readStats } from "./engine/stats.ts";
import type { Engine } from "./engine.ts";

/**
 * The engine behind `socket()`, as the user `uid` sees it; nothing is asked, and nothing fails, before the first call.
 */
export function dockerEngine(socket: () => string, uid: number): Engine {
  const client = new EngineClient(socket, uid);
  return {
    info: () => info(client),
    version: () => version(client),
    ping: async () => void (await client.call({ path: "/_ping", anyVersion: true })),
    events: (labels, signal) => openEvents(client, labels, signal),
    summaries: (labels) => summarizeContainers(client, labels),
    containers: (labels) => listContainers(client, labels),
    container: (id) => inspectContainer(client, id),
    image: (reference) => inspectImage(client, reference),
    networks: async () => readNetworks(await there(client, "/networks")),
    volumes: async () => readVolumes(await there(client, "/volumes")),
    start: (id) => startContainer(client, id),
    stop: (id, graceSeconds) => stopContainer(client, id, graceSeconds),
    restart: (id, graceSeconds) => restartContainer(client, id, graceSeconds),
    kill: (id, signal) => killContainer(client, id, signal),
    setRestartPolicy: (id, policy) => setRestartPolicy(client, id, policy),
    remove: (id, options) => removeContainer(client, id, options?.force === true),
    tag: (image, reference) => tagImage(client, image, reference),
    untag: (reference) => untagImage(client, reference),
    logs: (id, tail) => containerLogs(client, id, tail),
    exec: (id, argv, options) => execInContainer(client, id, argv, options),
    stats: statsOf(client),
  };
}

/** Also of an engine that is too old for everything else, so that a person can be told. */
async function info(client: EngineClient) {
  const request = { path: "/info", anyVersion: true };
  const answer = await client.send(request);
  return readInfo(client.parse(request, answer), answer.headers.get("api-version") ?? "");
}

async function version(client: EngineClient): Promise<string> {
  const request = { path: "/version", anyVersion: true };
  return client
    .parse(request, await client.send(request))
    .at("Version")
    .string();
}

async function there(client: EngineClient, path: string): Promise<Place> {
  const answer = await client.json({ path });
  if (answer === undefined) throw new SoloflowError("engine", `docker knows no ${path}`);
  return answer;
}

/** Keeps the last sample of each container for as long as the engine object lives. */
function statsOf(client: EngineClient): Engine["stats"] {
  const samples = new Map<string, CpuSample>();
  return async (id) => {
    const query = { stream: "false", "one-shot": "true" };
    const answer = await client.json({ path: `/containers/${encodeURIComponent(id)}/stats`, query });
    const stats = answer && readStats(answer);
    if (stats === undefined) return undefined;
    const before = samples.get(id) ?? (await start(client, id));
    samples.set(id, stats.cpu);
    return { memoryBytes: stats.memoryBytes, cpuPercent: cpuPercent(before, stats.cpu) };
  };
}

async function start(client: EngineClient, id: string): Promise<CpuSample> {
  const container = await inspectContainer(client, id);
  return { usedMs: 0, atMs: Date.parse(container?.startedAt ?? "") || 0 };
}
