import type { Container } from "../core/container.ts";
import type { Colour } from "./colour.ts";
import type { ComposeService } from "./compose-model.ts";
import { LABEL } from "./labels.ts";

/** The world as it was read, once, before planning. */
export type Observed = {
  /** Every container of the Compose project, running or not. */
  containers: readonly Container[];
  /** Two-colour service to the colour that its flag file names. */
  flags: Readonly<Record<string, Colour>>;
  /** Services whose standby the ingress is not to ask; see `aloneFile`. */
  alone?: readonly string[];
  /** Specifications that earlier deploys used, by hash: what causes are told from. */
  specs: Readonly<Record<string, ComposeService>>;
};

/** Containers of one service of the agent's model (or of the plain compose file), newest first. */
export function containersOf(observed: Observed, instance: string): Container[] {
  return observed.containers
    .filter((container) => container.labels[LABEL.composeService] === instance && !isOneOff(container))
    .sort(newestFirst);
}

/** By their last start; one that never started comes last. */
export function newestFirst(a: Container, b: Container): number {
  return (a.startedAt ?? "") < (b.startedAt ?? "") ? 1 : -1;
}

/** Made by `docker compose run`: somebody's own work, not a part of the stack. */
export function isOneOff(container: Container): boolean {
  return container.labels[LABEL.composeOneOff] === "True";
}

export function isRunning(container: Container): boolean {
  return container.state === "running" || container.state === "restarting";
}

/** Whether ports of the machine are bound to it now. */
export function holdsPorts(container: Container): boolean {
  return (isRunning(container) || container.state === "paused") && container.ports.length > 0;
}
