import type { Container, EngineInfo, Image, Network, Volume } from "../core/container.ts";

/**
 * The Docker Engine API over its unix socket. Every call has a deadline of 5 s unless said otherwise.
 * Errors: SoloflowError "no-docker" (exit code 6) when the socket cannot be reached, "engine" for an answer
 * that is an error; a thing that does not exist is `undefined` (or nothing to do), not an error.
 */
export type Engine = {
  info(): Promise<EngineInfo>;
  /** All containers, running or not, that carry every one of the labels ("key" or "key=value"); inspected. */
  containers(labels: readonly string[]): Promise<Container[]>;
  container(idOrName: string): Promise<Container | undefined>;
  /** By id, name:tag or name@digest. */
  image(reference: string): Promise<Image | undefined>;
  networks(): Promise<Network[]>;
  volumes(): Promise<Volume[]>;

  start(id: string): Promise<void>;
  /** SIGTERM (or the container's stop signal), then SIGKILL after its own grace or `graceSeconds`. Waits. */
  stop(id: string, graceSeconds?: number): Promise<void>;
  /** Removes with its anonymous volumes; `force` kills it first. */
  remove(id: string, options?: { force?: boolean }): Promise<void>;
  tag(image: string, reference: string): Promise<void>;
  untag(reference: string): Promise<void>;

  /** The last lines of both streams, each with its time; at most 1 MiB. */
  logs(id: string, tail: number): Promise<string>;
  /** Runs argv inside the container. `stdin` is written and closed. Output is both streams, at most 256 KiB. */
  exec(
    id: string,
    argv: readonly string[],
    options: { timeoutMs: number; stdin?: string; user?: string },
  ): Promise<{ code: number; output: string }>;
  /** Memory in use (without file cache) and CPU in per cent of one core since the previous sample. */
  stats(id: string): Promise<{ memoryBytes: number; cpuPercent: number } | undefined>;
};
