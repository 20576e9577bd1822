import type { Container, ContainerSummary, RestartPolicy } from "../../core/container.ts";
import { OutputTail } from "../output-tail.ts";
import type { EngineClient } from "./engine-client.ts";
import { FrameDecoder } from "./frames.ts";
import type { Place } from "./place.ts";
import { readContainer, readSummary } from "./read-container.ts";

/** Setting up the network of a container may take seconds on a busy machine; an image's removal likewise. */
const CHANGE_MS = 30_000;
/** Over the grace: the kill, the network, the file systems. */
const STOP_MARGIN_MS = 10_000;
const MAX_LOG_BYTES = 1024 * 1024;

export async function listContainers(client: EngineClient, labels: readonly string[]): Promise<Container[]> {
  const listed = await list(client, labels);
  const inspected = await Promise.all(listed.map((each) => inspectContainer(client, each.at("Id").string())));
  // One that was removed between the two calls is not there.
  return inspected.filter((container) => container !== undefined);
}

export async function summarizeContainers(
  client: EngineClient,
  labels: readonly string[],
): Promise<ContainerSummary[]> {
  return (await list(client, labels)).map(readSummary);
}

async function list(client: EngineClient, labels: readonly string[]): Promise<Place[]> {
  const query = { all: "1", filters: JSON.stringify({ label: labels }) };
  return (await client.json({ path: "/containers/json", query }))?.list() ?? [];
}

export async function inspectContainer(client: EngineClient, id: string): Promise<Container | undefined> {
  const answer = await client.json({ path: `${path(id)}/json` });
  return answer && readContainer(answer);
}

/** Already running is done. */
export async function startContainer(client: EngineClient, id: string): Promise<void> {
  await client.call({ method: "POST", path: `${path(id)}/start`, timeoutMs: CHANGE_MS });
}

export async function stopContainer(client: EngineClient, id: string, graceSeconds?: number): Promise<void> {
  const grace = graceSeconds ?? (await inspectContainer(client, id))?.graceSeconds;
  if (grace === undefined) return;
  const request = {
    method: "POST",
    path: `${path(id)}/stop`,
    query: { t: String(Math.ceil(grace)) },
  } as const;
  await client.call({ ...request, timeoutMs: grace * 1_000 + STOP_MARGIN_MS }, [404]);
}

export async function restartContainer(
  client: EngineClient,
  id: string,
  graceSeconds: number,
): Promise<void> {
  const query = { t: String(Math.ceil(graceSeconds)) };
  const timeoutMs = graceSeconds * 1_000 + CHANGE_MS;
  await client.call({ method: "POST", path: `${path(id)}/restart`, query, timeoutMs });
}

/** 404: gone; 409: does not run. Both are what a kill wants. */
export async function killContainer(client: EngineClient, id: string, signal: NodeJS.Signals): Promise<void> {
  await client.call({ method: "POST", path: `${path(id)}/kill`, query: { signal } }, [404, 409]);
}

export async function setRestartPolicy(
  client: EngineClient,
  id: string,
  policy: RestartPolicy,
): Promise<void> {
  const body = { RestartPolicy: { Name: policy.name, MaximumRetryCount: policy.max } };
  await client.call({ method: "POST", path: `${path(id)}/update`, body }, [404]);
}

/** Gone when it returns, also where somebody else is removing it at the same time. */
export async function removeContainer(client: EngineClient, id: string, force: boolean): Promise<void> {
  const query = { v: "1", ...(force ? { force: "1" } : {}) };
  const request = { method: "DELETE", path: path(id), query, timeoutMs: CHANGE_MS } as const;
  const answer = await client.attempt(request);
  if (!("refusal" in answer) || (await isGone(client, id, answer.refusal))) return;
  await client.call(request, [404]);
}

async function isGone(client: EngineClient, id: string, refusal: string): Promise<boolean> {
  const deadline = performance.now() + (refusal.includes("already in progress") ? CHANGE_MS : 0);
  do {
    if ((await inspectContainer(client, id)) === undefined) return true;
    await Bun.sleep(20);
  } while (performance.now() < deadline);
  return false;
}

/** "" where there is no such container. */
export async function containerLogs(client: EngineClient, id: string, tail: number): Promise<string> {
  const query = { stdout: "1", stderr: "1", timestamps: "1", tail: String(tail) };
  const request = { path: `${path(id)}/logs`, query };
  const answer = await client.send(request);
  if (answer.status === 404) return "";
  client.check(request, answer);
  const kept = new OutputTail(MAX_LOG_BYTES);
  const frames = new FrameDecoder((payload) => kept.push(payload));
  // A container with a terminal has one stream, and it comes as it is.
  if (answer.headers.get("content-type")?.includes("multiplexed")) frames.push(answer.bytes);
  else kept.push(answer.bytes);
  return kept.text();
}

function path(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}
