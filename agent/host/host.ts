import type { Exec } from "../core/command.ts";
import type { Clock } from "./clock.ts";
import type { Engine } from "./engine.ts";
import type { Files } from "./files.ts";
import type { IngressAdmin } from "./ingress-admin.ts";
import type { Lock } from "./lock.ts";
import type { Machine } from "./machine.ts";
import type { Notify } from "./notify.ts";
import type { Postgres } from "./postgres-login.ts";
import type { Prober } from "./prober.ts";

/** Every effect that a use case may have. Tests hand in scripted ones. */
export type Host = {
  exec: Exec;
  engine: Engine;
  files: Files;
  lock: Lock;
  prober: Prober;
  ingress: IngressAdmin;
  machine: Machine;
  notify: Notify;
  postgres: Postgres;
  clock: Clock;
  /** The environment the agent was started with, without BUN_* and NODE_OPTIONS. */
  env: Readonly<Record<string, string | undefined>>;
  /** Effective user id; 0 is root. */
  uid: number;
  /** Only in hosts that tests make: told of each point of a journal ("expand:before"), where it may kill this process. */
  fault?: (point: string) => void;
};
