import type {
  Container,
  ContainerSummary,
  EngineInfo,
  Image,
  Network,
  RestartPolicy,
  Volume,
} from "../core/container.ts";
import type { EventStream } from "./engine/events.ts";

/**
 * The Docker Engine API over its unix socket. Every call has a deadline of 5 s unless said otherwise.
 * Errors: SoloflowError "no-docker" (exit code 6) when the socket cannot be reached or DOCKER_HOST names another
 * machine, "engine-too-old" (6) below Engine 25 (`info` answers all the same), "engine" for an answer that is an
 * error; a thing that does not exist is `undefined` (or nothing to do), not an error.
 */
export type Engine = {
  info(): Promise<EngineInfo>;
  /** The engine's version: ten times quicker than `info`. */
  version(): Promise<string>;
  /** Returns when the engine answers, within 5 s. */
  ping(): Promise<void>;
  /**
   * What happens to containers that carry every one of the labels, from now on: resolves once the engine has agreed.
   * See `EventStream` for how it ends.
   */
  events(labels: readonly string[], signal: AbortSignal): Promise<EventStream>;
  /** The engine's own list, in one call: what `containers` costs for one container. */
  summaries(labels: readonly string[]): Promise<ContainerSummary[]>;
  /** All containers, running or not, that carry every one of the labels ("key" or "key=value"); inspected. */
  containers(labels: readonly string[]): Promise<Container[]>;
  container(idOrName: string): Promise<Container | undefined>;
  /** By id, name:tag or name@digest. */
  image(reference: string): Promise<Image | undefined>;
  networks(): Promise<Network[]>;
  volumes(): Promise<Volume[]>;

  /** One that runs is nothing to do; one that does not exist is an error. Within 30 s. */
  start(id: string): Promise<void>;
  /**
   * SIGTERM (or the container's stop signal), then SIGKILL after its own grace or `graceSeconds`. Waits for the
   * end, at most 10 s beyond the grace.
   */
  stop(id: string, graceSeconds?: number): Promise<void>;
  /**
   * Stops it as `stop` does and starts it again in one call; one that does not run is started. Waits at most 30 s
   * beyond the grace: after that it may still go on inside the engine.
   */
  restart(id: string, graceSeconds: number): Promise<void>;
  /** One that does not run, or does not exist, is nothing to do. */
  kill(id: string, signal: NodeJS.Signals): Promise<void>;
  /** Takes effect for the next end of the container; one that does not exist is nothing to do. */
  setRestartPolicy(id: string, policy: RestartPolicy): Promise<void>;
  /** Removes with its anonymous volumes; `force` kills it first. It is gone on return. Within 30 s. */
  remove(id: string, options?: { force?: boolean }): Promise<void>;
  tag(image: string, reference: string): Promise<void>;
  /**
   * Takes the name away, and with its last name the image. An image that a container still uses under its only
   * name keeps it, and that is no error.
   */
  untag(reference: string): Promise<void>;

  /** The last lines of both streams, each with its time; at most 1 MiB. "" for no such container. */
  logs(id: string, tail: number): Promise<string>;
  /**
   * Runs argv inside the container. `stdin` is written and closed. Output is the end of both streams, at most
   * 256 KiB. Code 124: the deadline passed, and the command was killed with its children, as far as it could be:
   * `stillRuns` then tells whether it goes on (errors as of every call). Code 126 or 127 with Docker's words: there is no such container or program, or it does not run.
   */
  exec(
    id: string,
    argv: readonly string[],
    options: { timeoutMs: number; stdin?: string; user?: string },
  ): Promise<ExecResult>;
  /**
   * Memory in use (without file cache), and CPU in per cent of one core since the previous call on this object or,
   * at the first, since the container's start. undefined where it does not run.
   */
  stats(id: string): Promise<{ memoryBytes: number; cpuPercent: number } | undefined>;
};

/** See `Engine.exec`. */
export type ExecResult = { code: number; output: string; stillRuns?: () => Promise<boolean> };
