import { cleanEnvironment } from "./clean-environment.ts";
import { systemClock } from "./clock.ts";
import { dockerEngine } from "./docker-engine.ts";
import { engineSocket } from "./engine/engine-address.ts";
import { exec } from "./exec.ts";
import type { Host } from "./host.ts";
import { caddyAdmin } from "./ingress-admin.ts";
import { systemMachine } from "./machine.ts";
import { systemPostgres } from "./postgres-login.ts";
import { systemProber } from "./prober.ts";
import { systemFiles } from "./system-files.ts";
import { systemLock } from "./system-lock.ts";
import { systemdNotify } from "./systemd-notify.ts";

/** This machine. Making it touches nothing. */
export function systemHost(): Host {
  const env = cleanEnvironment(process.env);
  const uid = process.geteuid?.() ?? 0;
  return {
    exec,
    engine: dockerEngine(() => engineSocket(env), uid),
    files: systemFiles,
    lock: systemLock,
    prober: systemProber,
    ingress: caddyAdmin,
    machine: systemMachine,
    notify: systemdNotify(env.NOTIFY_SOCKET),
    postgres: systemPostgres,
    clock: systemClock,
    env,
    uid,
  };
}
