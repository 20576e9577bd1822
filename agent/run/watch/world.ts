import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import { worksOn } from "../../host/works-on.ts";
import { LABEL } from "../../plan/labels.ts";
import { networkParent } from "../../plan/network-parent.ts";
import { type Watched, watchedContainers } from "../../plan/watchdog/container-facts.ts";
import type { Hold } from "../../plan/watchdog/model.ts";
import { probesOf } from "../../plan/watchdog/probes-of.ts";
import type { KnownProject } from "../known-project.ts";
import { WATCHDOG } from "../lease.ts";
import { flagsIn } from "../observe.ts";
import type { ContainerBook } from "./container-book.ts";
import type { Asked } from "./looks.ts";
import type { Memory } from "./memory.ts";
import type { SteadyClock } from "./steady-clock.ts";
import { modelReader, type WatchedModel } from "./watched-model.ts";

export type WorldParts = {
  host: Pick<Host, "files" | "clock">;
  project: KnownProject;
  book: ContainerBook;
  memory: Memory;
  steady: SteadyClock;
  began: (container: Pick<Container, "id" | "startedAt">) => number | undefined;
};

/** What stands for the services now, and who holds them: the last looks, the flags and the leases put together. */
export class World {
  readonly #parts: WorldParts;
  readonly #readModel: ReturnType<typeof modelReader>;
  #holds: readonly Hold[] = [];
  model: WatchedModel | undefined;
  watched: readonly Watched[] = [];

  constructor(parts: WorldParts) {
    this.#parts = parts;
    this.#readModel = modelReader(parts.host, parts.project);
  }

  /** Puts it together anew. Nothing is watched before the first deploy. `isNew`: there was a deploy meanwhile. */
  async refresh(): Promise<{ watched: readonly Watched[]; holds: readonly Hold[]; isNew: boolean }> {
    const { host, project, book, began } = this.#parts;
    const files = await host.files.list(project.paths.active);
    const { model, changed } = await this.#readModel();
    this.model = model;
    this.watched = watchedContainers({
      ...{ units: model?.units ?? [], joined: model?.joined ?? new Set() },
      observed: { containers: book.containers(), flags: flagsIn(files) },
      ...{ deaths: book.deaths, began },
      healthSilence: (container) => book.healthSilence(container),
      secrets: (instance) => model?.services[instance]?.labels?.[LABEL.secrets],
    });
    this.#holds = this.#leases() ?? this.#holds;
    return { watched: this.watched, holds: this.#holds, isNew: changed };
  }

  /** Whether somebody took or let go of a service since: no event of the engine tells that. */
  isHeldOtherwise(): boolean {
    const who = (holds: readonly Hold[]) => holds.map(({ service, by }) => `${service} ${by}`).join();
    const now = this.#leases();
    return now !== undefined && who(now) !== who(this.#holds);
  }

  seen(instance: string): Watched | undefined {
    return this.watched.find(({ facts }) => facts.instance === instance);
  }

  serving(service: string): Watched | undefined {
    return this.watched.find(({ facts }) => facts.service === service && facts.role === "serving");
  }

  /** How each is to be asked. */
  asked(): Asked[] {
    return this.watched.map((watched) => ({
      watched,
      probes: probesOf(watched.unit, this.model?.services[watched.facts.instance]),
      network: this.#networkOf(watched.container),
    }));
  }

  /** Its own, or the container in whose network it lives. */
  #networkOf(container: Container): Container {
    const parent = networkParent(container);
    if (parent === undefined) return container;
    return this.#parts.book.containers().find(({ id }) => id === parent) ?? container;
  }

  /** What others hold: the watchdog's own leases are its restarts. undefined where they cannot be read. */
  #leases(): Hold[] | undefined {
    const { memory, host, steady, project } = this.#parts;
    const works = worksOn(project.paths.lock);
    const leases = memory.attempt((store) => store.leases.list(host.clock.now(), works));
    return leases
      ?.filter(({ holder }) => holder !== WATCHDOG)
      .flatMap(({ services, holder, since }) =>
        services.map((service) => ({ service, by: holder, since: steady.ofWall(since) })),
      );
  }
}
