import type { Fault } from "../../config/fault.ts";
import { publicAddresses, transport } from "./addresses.ts";
import { unnamedBuilds } from "./builds.ts";
import { clock } from "./clock.ts";
import { dockerfileContext } from "./dockerfile-context.ts";
import { oldEnvForm } from "./dockerfile-env.ts";
import { nextStandalone } from "./dockerfile-next.ts";
import { dockerfileRuntime } from "./dockerfile-runtime.ts";
import { dockerfileSecrets } from "./dockerfile-secrets.ts";
import { effectiveValues } from "./effective-values.ts";
import { engine } from "./engine.ts";
import { envFiles } from "./env-files.ts";
import { exposure } from "./exposure.ts";
import { health } from "./health.ts";
import { nobodyIsTold } from "./nobody-is-told.ts";
import { overlap } from "./overlap.ts";
import { recoveryKey } from "./recovery-key.ts";
import { references } from "./references.ts";
import { restarts } from "./restarts.ts";
import { diskRoom, memoryRoom } from "./room.ts";
import { routing } from "./routing.ts";
import { secretFiles } from "./secret-files.ts";
import { secretInEnvironment } from "./secret-in-environment.ts";
import { secretsInCompose } from "./secrets-in-compose.ts";
import { standby } from "./standby.ts";
import { stateFolders } from "./state-folders.ts";
import { storedSecrets } from "./stored-secrets.ts";
import type { Subject } from "./subject.ts";
import { takenPorts } from "./taken-ports.ts";
import { volumes } from "./volumes.ts";
import { weakInEffect } from "./weak-in-effect.ts";

const RULES: readonly ((subject: Subject) => Fault[])[] = [
  references,
  unnamedBuilds,
  oldEnvForm,
  dockerfileSecrets,
  dockerfileContext,
  nextStandalone,
  dockerfileRuntime,
  secretsInCompose,
  effectiveValues,
  weakInEffect,
  envFiles,
  storedSecrets,
  recoveryKey,
  secretFiles,
  secretInEnvironment,
  publicAddresses,
  transport,
  routing,
  overlap,
  standby,
  volumes,
  restarts,
  health,
  exposure,
  takenPorts,
  nobodyIsTold,
];

/** Rules that need no compose file. */
const MACHINE_RULES: readonly ((subject: Subject) => Fault[])[] = [
  engine,
  diskRoom,
  memoryRoom,
  clock,
  stateFolders,
];

/** Every fault of every rule, once, in the order of files and lines; the machine's come last. */
export function checkSubject(subject: Subject): Fault[] {
  return sortFaults([...RULES, ...MACHINE_RULES].flatMap((rule) => rule(subject)));
}

/** What can be said without a compose file. */
export function checkMachine(subject: Subject): Fault[] {
  return sortFaults(MACHINE_RULES.flatMap((rule) => rule(subject)));
}

/** By file in the order of their first fault, the machine last, then by line; what is said twice is said once. */
export function sortFaults(faults: readonly Fault[]): Fault[] {
  const files = [...new Set(faults.map(({ file }) => file))].sort((a, b) => rank(a) - rank(b));
  const unique = new Map(faults.map((fault) => [JSON.stringify(fault), fault]));
  return [...unique.values()].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

function rank(file: string): number {
  return file === "machine" ? 1 : 0;
}

/**
 * Errors that make a deploy fail or lose data. The other errors are about secrets and addresses: `check` insists on
 * them, but a stack that runs with them must stay deployable.
 */
const STOPS_A_DEPLOY: ReadonlySet<string> = new Set([
  ...[
    "config",
    "toml",
    "compose",
    "unknown-service",
    "ingress-name",
    "overlap-impossible",
    "standby-impossible",
    "images",
  ],
  ...[
    "build-needs-secret",
    "secret-missing",
    "volume-path",
    "port-taken",
    "engine-unreachable",
    "engine-old",
  ],
  ...[
    "cli-missing",
    "cli-old",
    "compose-missing",
    "compose-old",
    "buildx-missing",
    "buildx-old",
    "disk",
    "memory",
  ],
]);

/** The same faults for a deploy: errors that do not stop it become warnings. */
export function asSeenByDeploy(faults: readonly Fault[]): Fault[] {
  return faults.map((fault) =>
    fault.severity === "error" && !STOPS_A_DEPLOY.has(fault.rule ?? "")
      ? { ...fault, severity: "warning" }
      : fault,
  );
}
