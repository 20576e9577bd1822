import type { ContainerState } from "../../agent/core/container.ts";
import type { ContainerFacts, ProbeKind } from "../../agent/plan/watchdog/model.ts";
import type { ProbeVerdict } from "../../agent/plan/watchdog/probe-verdict.ts";

/** A container as an engine and its app would have it. What is wrong with it lasts until it starts anew, unless `stuck`. */
export type Box = {
  instance: string;
  service: string;
  role: "serving" | "standby";
  id: string;
  image: string;
  secrets: string;
  state: ContainerState;
  startedAt: number;
  restartCount: number;
  exitCode: number;
  oomKilled: boolean;
  memoryLimitBytes?: number;
  signature: string;
  startError: string;
  dockerRestarts: boolean;
  orphaned: boolean;
  /** What its own start takes; Infinity: it never comes up. */
  bootMs: number;
  hung: boolean;
  slow: boolean;
  strange: boolean;
  /** An endless loop: it burns processor time and answers nobody. */
  spins?: boolean;
  /** What its liveness says where that is not the same as readiness. */
  live?: boolean | undefined;
  /** Ends so long after each start. */
  dies: { afterMs: number; exitCode: number; oom?: boolean } | undefined;
  /** Docker's word; undefined without a health check. */
  health: ContainerFacts["health"];
  /** Restarts by Docker in a row that did not last 10 s. */
  quickDeaths: number;
};

type Happening = { at: number; seq: number; run: () => void };

const TIMEOUT_MS = 1_000;
const ANSWER_MS = 3;
const SILENT = { busy: false, lateMs: undefined, servedMeanwhile: false };

/** A machine whose time is moved by hand: containers that start, hang, crash and are revived by Docker. */
export class Machine {
  now: number;
  readonly boxes = new Map<string, Box>();
  /** Something has changed that an engine would tell as an event. */
  onChange: (box: Box) => void = () => {};
  readonly #queue: Happening[] = [];
  #seq = 0;
  #ids = 0;

  constructor(now: number) {
    this.now = now;
  }

  add(of: Pick<Box, "service"> & Partial<Box>): Box {
    this.#ids += 1;
    const box: Box = {
      ...{ instance: of.service, role: "serving", id: `c${this.#ids}`, image: "sha256:1", secrets: "1" },
      ...{ state: "created", startedAt: 0, restartCount: 0, exitCode: 0, oomKilled: false, signature: "" },
      ...{ startError: "", dockerRestarts: true, orphaned: false, bootMs: 1_000, hung: false, slow: false },
      ...{ strange: false, dies: undefined, health: undefined, quickDeaths: 0 },
      ...of,
    };
    this.boxes.set(box.instance, box);
    return box;
  }

  box(instance: string): Box {
    const box = this.boxes.get(instance);
    if (box === undefined) throw new Error(`there is no container ${instance}`);
    return box;
  }

  in(ms: number, run: () => void): void {
    const happening = { at: this.now + ms, seq: this.#seq, run };
    this.#seq += 1;
    let index = this.#queue.length;
    while (index > 0 && (this.#queue[index - 1]?.at ?? 0) > happening.at) index -= 1;
    this.#queue.splice(index, 0, happening);
  }

  get nextAt(): number {
    return this.#queue[0]?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Moves time on to `at`, which is not beyond the next happening, and lets what is due happen. */
  moveTo(at: number): void {
    this.now = at;
    while (this.nextAt <= at) this.#queue.shift()?.run();
  }

  start(box: Box): void {
    const startedAt = Math.max(this.now, box.startedAt + 1);
    Object.assign(box, {
      state: "running",
      startedAt,
      hung: false,
      slow: false,
      spins: false,
      orphaned: false,
      startError: "",
    });
    if (box.dies !== undefined) {
      const { afterMs, exitCode, oom = false } = box.dies;
      this.in(afterMs, () => {
        if (box.state === "running" && box.startedAt === startedAt) this.crash(box, exitCode, oom);
      });
    }
    this.onChange(box);
  }

  /** It ends by itself. Docker waits 100 ms before it starts it again, twice as long each time, a minute at most. */
  crash(box: Box, exitCode: number, oomKilled = false): void {
    if (box.state !== "running") return;
    const lasted = this.now - box.startedAt >= 10_000;
    Object.assign(box, { exitCode, oomKilled, quickDeaths: lasted ? 0 : box.quickDeaths + 1 });
    box.state = box.dockerRestarts ? "restarting" : "exited";
    if (box.dockerRestarts) this.#revive(box, Math.min(100 * 2 ** box.quickDeaths, 60_000));
    this.onChange(box);
  }

  #revive(box: Box, ms: number): void {
    box.restartCount += 1;
    const { startedAt, id } = box;
    this.in(ms, () => {
      if (box.state === "restarting" && box.startedAt === startedAt && box.id === id) this.start(box);
    });
  }

  /** A person's, a deploy's or the watchdog's: Docker leaves it alone afterwards. */
  stop(box: Box, exitCode = 143): void {
    Object.assign(box, { state: "exited", exitCode, oomKilled: false });
    this.onChange(box);
  }

  /** A start by hand; Docker counts its own restarts anew. */
  startByHand(box: Box): void {
    Object.assign(box, { restartCount: 0, quickDeaths: 0 });
    this.start(box);
  }

  renew(box: Box, image: string): void {
    this.#ids += 1;
    Object.assign(box, {
      id: `c${this.#ids}`,
      image,
      restartCount: 0,
      dockerRestarts: true,
      state: "created",
    });
  }

  serves(box: Box): boolean {
    return (
      box.state === "running" && !box.hung && box.spins !== true && this.now >= box.startedAt + box.bootMs
    );
  }

  /** What a probe that begins now will find, and how long that takes. */
  probe(box: Box, asked: ProbeKind = "live"): { verdict: ProbeVerdict; takesMs: number } {
    if (box.hung) return { verdict: silent("timeout", "no answer within 1s"), takesMs: TIMEOUT_MS };
    if (box.spins === true)
      return {
        verdict: { ...silent("timeout", "no answer within 1s"), evidence: { ...SILENT, busy: true } },
        takesMs: TIMEOUT_MS,
      };
    if (asked === "live" && box.live !== undefined)
      return box.live
        ? { verdict: { kind: "good" }, takesMs: ANSWER_MS }
        : { verdict: silent("refused", "connection refused"), takesMs: ANSWER_MS };
    if (!this.serves(box)) return { verdict: silent("refused", "connection refused"), takesMs: ANSWER_MS };
    if (box.strange) return { verdict: { kind: "misconfigured", detail: "404" }, takesMs: ANSWER_MS };
    if (!box.slow) return { verdict: { kind: "good" }, takesMs: ANSWER_MS };
    const evidence = { ...SILENT, busy: true, lateMs: 2_000 };
    return { verdict: { ...silent("timeout", "no answer within 1s"), evidence }, takesMs: TIMEOUT_MS };
  }

  facts(box: Box): ContainerFacts {
    const { instance, service, role, id, image, secrets, state, startedAt, exitCode, oomKilled } = box;
    return {
      ...{ instance, service, role, container: id, image, secrets, state, startedAt, exitCode, oomKilled },
      ...{ restartCount: box.restartCount, health: box.health, dockerRestarts: box.dockerRestarts },
      endedWell: exitCode === 0 && !oomKilled,
      ...(box.memoryLimitBytes !== undefined && { memoryLimitBytes: box.memoryLimitBytes }),
      ...{ orphaned: box.orphaned, logSignature: box.signature, startError: box.startError },
    };
  }
}

function silent(why: "timeout" | "refused", detail: string) {
  return { kind: "silent" as const, why, detail, evidence: SILENT };
}
