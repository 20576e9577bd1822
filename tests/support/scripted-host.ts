import type { Engine } from "../../agent/host/engine.ts";
import type { Host } from "../../agent/host/host.ts";
import type { IngressAdmin } from "../../agent/host/ingress-admin.ts";
import type { Machine } from "../../agent/host/machine.ts";
import type { Notify } from "../../agent/host/notify.ts";
import type { Postgres } from "../../agent/host/postgres-login.ts";
import type { Prober } from "../../agent/host/prober.ts";
import { systemFiles } from "../../agent/host/system-files.ts";
import { systemLock } from "../../agent/host/system-lock.ts";
import { type ManualClock, manualClock } from "./manual-clock.ts";
import { type ExpectedProcess, scriptedExec } from "./scripted-exec.ts";
import { tempFolder } from "./temp-folder.ts";

export type Script = {
  processes?: readonly ExpectedProcess[];
  /** The calls that may come; every other one throws. */
  engine?: Partial<Engine>;
  prober?: Partial<Prober>;
  ingress?: Partial<IngressAdmin>;
  machine?: Partial<Machine>;
  notify?: Partial<Notify>;
  postgres?: Partial<Postgres>;
  env?: Readonly<Record<string, string>>;
  uid?: number;
  /** Default 2026-01-02T03:04:05Z. */
  startMs?: number;
  /** Sleeps wait for `clock.advance` instead of moving the clock. */
  stillClock?: boolean;
};

export type ScriptedHost = Host &
  Disposable & {
    clock: ManualClock;
    /** A real folder of its own; state, run and cache folders lie in it. */
    folder: { path: string; at(...names: string[]): string };
    /** Every process, engine, prober, ingress, machine and notify call in order: `docker compose ps`, `engine.stop "abc"`. */
    calls: readonly string[];
    /** Throws where an expected process was not started. */
    verify(): void;
  };

/**
 * A host for tests of use cases: `using host = scriptedHost({ … })`. Files and lock are real, in a temporary folder;
 * time, processes and Docker are what the script says, and a call that it does not expect throws.
 */
export function scriptedHost(script: Script = {}): ScriptedHost {
  const folder = tempFolder();
  const calls: string[] = [];
  const log = (call: string) => calls.push(call);
  const { exec, missing } = scriptedExec(script.processes ?? [], log);
  return {
    exec,
    engine: scripted<Engine>("engine", script.engine ?? {}, log),
    prober: scripted<Prober>("prober", script.prober ?? {}, log),
    ingress: scripted<IngressAdmin>("ingress", script.ingress ?? {}, log),
    machine: scripted<Machine>("machine", script.machine ?? {}, log),
    notify: scripted<Notify>("notify", script.notify ?? {}, log),
    postgres: scripted<Postgres>("postgres", script.postgres ?? {}, log),
    files: systemFiles,
    lock: systemLock,
    clock: manualClock(script.startMs ?? Date.UTC(2026, 0, 2, 3, 4, 5), script.stillClock),
    env: {
      HOME: folder.path,
      SOLOFLOW_STATE_DIR: folder.at("state"),
      SOLOFLOW_RUN_DIR: folder.at("run"),
      SOLOFLOW_CACHE: folder.at("cache"),
      ...script.env,
    },
    uid: script.uid ?? 0,
    folder,
    calls,
    verify: () => {
      const left = missing();
      if (left.length > 0) throw new Error(`expected but never started: ${left.join("; ")}`);
    },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

/** The given methods, logged; any other throws and names itself. */
function scripted<T extends object>(name: string, methods: Partial<T>, log: (call: string) => void): T {
  return new Proxy(methods, {
    get(target, method) {
      // Printing it, or handing it through a promise, is no call.
      if (typeof method === "symbol" || method === "then" || method === "toJSON") return undefined;
      const found: unknown = Reflect.get(target, method);
      return (...given: unknown[]) => {
        const call = `${name}.${method} ${given.map((each) => JSON.stringify(each)).join(" ")}`.trim();
        log(call);
        if (typeof found !== "function") throw new Error(`unexpected call: ${call}`);
        return Reflect.apply(found, target, given);
      };
    },
  }) as T;
}
