import { mkdirSync, writeFileSync } from "node:fs";
import type { Container, ContainerSummary } from "../../agent/core/container.ts";
import type { ProbeResult } from "../../agent/core/probe-result.ts";
import type { EngineEvent } from "../../agent/host/engine/events.ts";
import type { Host } from "../../agent/host/host.ts";
import { openStore } from "../../agent/host/store/open-store.ts";
import type { Store } from "../../agent/host/store/store.ts";
import { projectPaths } from "../../agent/run/project.ts";
import { watch } from "../../agent/run/watch/watch.ts";
import { recordedProgress } from "./recorded-progress.ts";
import { type ScriptedHost, scriptedHost } from "./scripted-host.ts";

const NAME = "shop";
const ID = "a".repeat(64);
/** The clock is moved so far at once: less than what the watchdog takes for a starved machine. */
const STEP_MS = 50;
/** From one look at a ready container to the next, and something over. */
const STEADY_MS = 2_500;
/** So many turns of the real event loop, once all files are read, let everything come in that a step has set off. */
const TURNS = 8;
const GOOD: ProbeResult = { good: true, answered: true, kind: "answer", detail: "200 ok", status: 200 };
const SILENT: ProbeResult = { good: false, answered: false, kind: "timeout", detail: "no answer" };

/** The one container of the one service `app`, as the engine has it. */
export type Box = Pick<Container, "state" | "exitCode" | "restartPolicy" | "restartCount"> & {
  /** The machine's clock. */
  startedMs: number;
  silent: boolean;
  /** The machine's clock at the last look of a health check by the engine; one hangs that tells the same for long. */
  checkedMs: (() => number) | undefined;
};

/**
 * The real watchdog over the real store, on a machine that the test plays: its engine, its container, and its two
 * clocks, of which the wall clock can be set like that of any machine.
 */
export class ScriptedWatch implements Disposable {
  readonly box: Box;
  /** Steady time of each restart by the watchdog. */
  readonly restarts: number[] = [];
  /** What the engine makes of a call to restart. */
  onRestart: () => Promise<void>;
  readonly #progress = recordedProgress();
  readonly #host: ScriptedHost;
  readonly #paths: ReturnType<typeof projectPaths>;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  #shiftMs = 0;
  #reading = 0;
  #end: (() => Promise<void>) | undefined;

  constructor() {
    this.#host = scriptedHost({ stillClock: true, ...this.#script() });
    this.#host.files = this.#counted(this.#host.files);
    this.#host.clock = { ...this.#host.clock, now: () => this.wall() };
    this.#paths = projectPaths(NAME, this.#host);
    mkdirSync(this.#paths.state, { recursive: true });
    writeFileSync(`${this.#paths.state}/model.json`, JSON.stringify(MODEL));
    this.box = {
      ...{
        state: "running",
        exitCode: 0,
        restartCount: 0,
        startedMs: this.wall() - 3_600_000,
        silent: false,
      },
      checkedMs: undefined,
      restartPolicy: { name: "unless-stopped", max: 0 },
    };
    this.onRestart = async () => this.begin();
  }

  /** All that the agents have said. */
  said(): readonly string[] {
    return this.#progress.lines;
  }

  /** The machine's clock. */
  wall(): number {
    return this.#host.clock.monotonic() + Date.UTC(2026, 0, 2) + this.#shiftMs;
  }

  /** Somebody sets the machine's clock. */
  set(byMs: number): void {
    this.#shiftMs += byMs;
  }

  /** A new life of the container. */
  begin(): void {
    Object.assign(this.box, {
      state: "running",
      startedMs: this.wall(),
      silent: false,
      checkedMs: undefined,
    });
    this.tell({ action: "start" });
  }

  tell(event: Pick<EngineEvent, "action"> & Partial<EngineEvent>): void {
    const whole: EngineEvent = { id: ID, at: this.wall(), labels: {}, ...event };
    for (const listener of this.#listeners) listener(whole);
  }

  /** A new agent. */
  start(): void {
    const signal = new AbortController();
    const project = { name: NAME, paths: this.#paths };
    const watching = watch(this.#host, project, {
      ...{ version: "test", progress: this.#progress, signal: signal.signal },
    });
    this.#end = async () => {
      signal.abort();
      let ended = false;
      const over = watching.finally(() => {
        ended = true;
      });
      while (!ended) await this.#step(0);
      await over;
    };
  }

  /** As a SIGTERM does. */
  async end(): Promise<void> {
    await this.#end?.();
    this.#end = undefined;
  }

  async restart(): Promise<void> {
    await this.end();
    this.start();
  }

  /** Lets so much time pass, for both clocks. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) await this.#step(STEP_MS);
  }

  /** Gives the milliseconds that it took. */
  async until(what: string, isThere: () => boolean, withinMs: number): Promise<number> {
    for (let passed = 0; passed <= withinMs; passed += STEP_MS) {
      if (isThere()) return passed;
      await this.#step(STEP_MS);
    }
    throw new Error(`waited ${withinMs} ms in vain: ${what}\n${this.said().slice(-30).join("\n")}`);
  }

  async phase(phase: string, withinMs = 60_000): Promise<number> {
    const tookMs = await this.until(
      `app is ${phase}`,
      () => this.store(({ events }) => events.list({ limit: 1 })[0]?.to) === phase,
      withinMs,
    );
    // A liveness probe that was never answered is not believed.
    if (phase === "ready") await this.pass(STEADY_MS);
    return tookMs;
  }

  store<T>(read: (store: Store) => T): T {
    using store = openStore(this.#paths.database);
    return read(store);
  }

  [Symbol.dispose](): void {
    this.#host[Symbol.dispose]();
  }

  async #step(ms: number): Promise<void> {
    this.#host.clock.advance(ms);
    for (let turn = 0; turn < TURNS || this.#reading > 0; turn += 1)
      await new Promise<void>((resolve) => setImmediate(resolve));
  }

  /** Files are real, and take their own time: none passes for the watchdog meanwhile. */
  #counted<T extends object>(files: T): T {
    return new Proxy(files, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== "function") return member;
        return (...args: unknown[]) => {
          this.#reading += 1;
          const done = () => {
            this.#reading -= 1;
          };
          const result: unknown = Reflect.apply(member, target, args);
          void Promise.resolve(result).then(done, done);
          return result;
        };
      },
    });
  }

  #script(): { [Part in "engine" | "prober" | "machine" | "notify" | "ingress"]: Partial<Host[Part]> } {
    const monotonic = () => this.#host.clock.monotonic();
    return {
      engine: {
        ping: async () => {},
        events: async (_labels, signal) => this.#events(signal),
        summaries: async () => [this.#summary()],
        container: async () => this.#container(),
        logs: async () => "",
        stats: async () => ({ memoryBytes: 1, cpuPercent: 0 }),
        setRestartPolicy: async (_id, policy) => {
          this.box.restartPolicy = policy;
        },
        start: async () => this.begin(),
        restart: async () => {
          this.restarts.push(monotonic());
          await this.onRestart();
        },
      },
      prober: {
        http: async (_url, timeoutMs) => {
          if (!this.box.silent) return GOOD;
          await this.#host.clock.sleep(timeoutMs);
          return SILENT;
        },
      },
      machine: {
        pressure: async () => ({
          ...{ cpuSome10: 0, memorySome10: 0, ioSome10: 0, load1: 0, cpus: 2 },
          ...{ memoryAvailableBytes: 2 ** 32, memoryTotalBytes: 2 ** 33 },
        }),
        process: async () => undefined,
        diskFree: async () => ({ freeBytes: 50, totalBytes: 100 }),
      },
      notify: { send: () => {} },
      ingress: { goodAnswers: async () => new Map() },
    };
  }

  async *#events(signal: AbortSignal): AsyncGenerator<EngineEvent> {
    const queue: EngineEvent[] = [];
    let wake = () => {};
    const listener = (event: EngineEvent) => {
      queue.push(event);
      wake();
    };
    this.#listeners.add(listener);
    signal.addEventListener("abort", () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        yield* queue.splice(0);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        if (!signal.aborted && queue.length === 0) await promise;
      }
    } finally {
      this.#listeners.delete(listener);
    }
  }

  #container(): Container {
    const { startedMs, silent: _silent, checkedMs, ...own } = this.box;
    return {
      ...{ id: ID, name: "shop-app-1", image: "sha256:1", labels: LABELS, oomKilled: false, ...own },
      ...{ startedAt: new Date(startedMs).toISOString(), finishedAt: undefined, pid: undefined, error: "" },
      ...{ networkMode: "bridge", memoryLimitBytes: undefined, graceSeconds: 10, stopSignal: "SIGTERM" },
      ...{
        health: checkedMs && healthAt(checkedMs()),
        addresses: { shop_default: "10.0.0.2" },
        ports: [],
        mounts: [],
        user: "",
      },
    };
  }

  #summary(): ContainerSummary {
    const { id, name, labels, state } = this.#container();
    // The engine reckons with the machine's clock too.
    const seconds = Math.max(0, Math.round((this.wall() - this.box.startedMs) / 1_000));
    return { id, name, labels, state, status: `Up ${seconds} seconds`, createdAt: 0 };
  }
}

function healthAt(wallMs: number): NonNullable<Container["health"]> {
  return {
    ...{
      status: "healthy",
      failingStreak: 0,
      lastOutput: "",
      retries: 3,
      intervalMs: 2_000,
      timeoutMs: 2_000,
    },
    lastLookAt: new Date(wallMs).toISOString(),
  };
}

const LABELS = { "com.docker.compose.project": NAME, "com.docker.compose.service": "app" };

const APP = {
  ...{ service: "app", strategy: "replace", hash: "1", instances: [{ name: "app" }], needs: [] },
  ...{
    live: { http: ":8080/health" },
    ready: { http: ":8080/health" },
    readyWithinMs: 60_000,
    healthcheck: false,
    drainMs: 0,
  },
  ...{ watch: "restart", standby: false, answerWithinMs: 5_000 },
};

const MODEL = {
  ...{ networks: {}, volumes: {}, services: { app: { restart: "unless-stopped" } } },
  "x-soloflow": { units: [APP], watch: { alerts: {}, metrics: {} } },
};
