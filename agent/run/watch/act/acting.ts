import type { Exec } from "../../../core/command.ts";
import type { Container } from "../../../core/container.ts";
import type { Progress } from "../../../core/progress.ts";
import type { Host } from "../../../host/host.ts";
import type { Watched } from "../../../plan/watchdog/container-facts.ts";
import type { Remedy } from "../../../plan/watchdog/model.ts";
import type { KnownProject } from "../../known-project.ts";
import type { Intended, Memory } from "../memory.ts";
import type { WatchedModel } from "../watched-model.ts";
import type { PromisedMemory } from "./promised-memory.ts";

/** What everything that the watchdog does works with. */
export type Acting = {
  host: Host;
  /** As the host's, with the watchdog's lock handed to the child: its work outlives a killed agent, and is seen to. */
  exec: Exec;
  project: KnownProject;
  memory: Memory;
  model(): WatchedModel | undefined;
  /** The container that stands for an instance, as the decision saw it. */
  seen(instance: string): Watched | undefined;
  /** Who serves for a service, as the last looks show it. */
  serving(service: string): Watched | undefined;
  /** All of the project, as the last looks show them. */
  containers(): readonly Container[];
  /** Whether a person has stopped it, or is about to. */
  isStoppedByPerson(instance: string): boolean;
  /** The steady clock. */
  at(): number;
  /** When a life began, as decisions name it. */
  began(container: Pick<Container, "id" | "startedAt">): number | undefined;
  /** From now until `end` is called, stops of this container are the watchdog's own. */
  touching(container: string): { end(): void };
  /** Of restarts that are under way. */
  promised: PromisedMemory;
  /** Told, and written down, before a remedy is begun. */
  chosen(action: Intended, how: Remedy, why: string): void;
  progress: Progress;
  /** Aborted when the agent is to end: what is under way is left, and the next one goes on from its intent. */
  signal: AbortSignal;
};
