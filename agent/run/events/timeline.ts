import type { StoredEvent } from "../../host/store/events.ts";
import type { Operation } from "../../host/store/operations.ts";
import type { Release } from "../../host/store/releases.ts";
import type { Store } from "../../host/store/store.ts";

/** Something that happened. `key` is its own: the same thing, seen again, has the same. */
export type TimelineEntry = { at: number; key: string } & (
  | { kind: "service"; service: string; from: string | undefined; to: string; cause: string }
  | {
      kind: "release";
      release: string;
      /** "under way" also of one whose deploy was killed. */
      result: NonNullable<Release["result"]> | "under way";
      services: { name: string; action: string }[];
      tookMs: number | undefined;
    }
  | { kind: "operation"; operation: string; state: Operation["state"]; tookMs: number | undefined }
);

export type Which = {
  /** Empty: everything, also what is nobody's. */
  services: readonly string[];
  /** Milliseconds since the epoch. */
  since: number;
  /** The newest so many. */
  limit: number;
};

/** As many as the store keeps of events. */
export const EVERYTHING = 10_000;
/** Releases and operations that are looked through at most. */
const LOOKED_AT = 500;

/** What happened, oldest first: what services did, what was deployed, and what else a person or a timer has done. */
export function timeline(
  store: Pick<Store, "events" | "releases" | "operations">,
  which: Which,
): TimelineEntry[] {
  const { services, since, limit } = which;
  const isAsked = (service: string) => services.length === 0 || services.includes(service);
  const events = store.events.list({ since, limit: services.length === 0 ? limit : EVERYTHING });
  const looked = Math.min(LOOKED_AT, limit);
  const releases = store.releases.list(looked);
  const entries = [
    ...events.filter(({ service }) => isAsked(service)).map(ofService),
    ...releases
      .map(ofRelease)
      .filter((entry) => services.length === 0 || entry.services.some(({ name }) => isAsked(name))),
    ...(services.length === 0 ? store.operations.list(looked) : [])
      .filter((operation) => !isTold(operation, releases))
      .map(ofOperation),
  ];
  return entries
    .filter(({ at }) => at >= since)
    .sort((a, b) => a.at - b.at)
    .slice(-limit);
}

function ofService({ id, at, service, from, to, cause }: StoredEvent) {
  return { kind: "service" as const, key: `event ${id}`, at, service, from, to, cause };
}

function ofRelease(release: Release) {
  const { id, startedAt, endedAt, services } = release;
  const result = release.result ?? ("under way" as const);
  const changed = Object.entries(services).filter(([, { action }]) => action !== "keep");
  return {
    ...{ kind: "release" as const, key: `${id} ${result}`, at: endedAt ?? startedAt, release: id, result },
    services: changed.map(([name, { action }]) => ({ name, action })),
    tookMs: endedAt === undefined ? undefined : endedAt - startedAt,
  };
}

function ofOperation({ id, kind, startedAt, endedAt, state }: Operation) {
  const tookMs = endedAt === undefined ? undefined : endedAt - startedAt;
  const key = `operation ${id} ${state}`;
  return { kind: "operation" as const, key, at: endedAt ?? startedAt, operation: kind, state, tookMs };
}

/** A deploy that came as far as a release is told as that. */
function isTold({ kind, startedAt, endedAt }: Operation, releases: readonly Release[]): boolean {
  const end = endedAt ?? Number.POSITIVE_INFINITY;
  return (
    kind === "deploy" &&
    releases.some((release) => startedAt <= release.startedAt && release.startedAt <= end)
  );
}
