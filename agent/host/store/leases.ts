import type { Clock } from "../clock.ts";
import type { Sql } from "./sql.ts";

/** All services of the project, those that are to come as well. */
export const ALL_SERVICES = "*";

/** Whoever changes containers holds one on their services; everybody else keeps their hands off these. */
export type Lease = {
  id: number;
  services: readonly string[];
  /** "deploy", "watch", "an operator", … in the words of a person. */
  holder: string;
  /** undefined: a person's word, which no process has to outlive. */
  pid: number | undefined;
  pidStart: string | undefined;
  since: number;
  /** By the machine's clock as it is set now. undefined: until it is released or its holder has died. */
  untilMs: number | undefined;
};

/** See `isAlive` in host/process-life.ts; a test hands in its own. */
export type IsAlive = (pid: number, pidStart: string | undefined) => boolean;

type Wish = {
  services: readonly string[];
  holder: string;
  pid?: number;
  pidStart?: string | undefined;
  untilMs?: number | undefined;
  at: number;
  /** Leases that are not in the way: a person's pause does not hold off a deploy. Default: none. */
  beside?: (lease: Lease) => boolean;
};

type Row = {
  id: number;
  services: string;
  holder: string;
  pid: number | null;
  pid_start: string | null;
  since: number;
  until: number | null;
  /** The same end by the boot in which it was taken, and the milliseconds from the beginning of that. */
  until_boot: string | null;
  until_boot_ms: number | null;
};

/**
 * Leases of a project. One with an end lasts so long from its beginning, whatever the machine's clock is set to
 * meanwhile; after a reboot, by that clock. Those that have expired and those of dead processes count for nothing, and the next `take`
 * removes them; so a killed agent holds nobody off.
 */
export class Leases {
  readonly #sql: Sql;
  readonly #boot: Clock["boot"];

  constructor(sql: Sql, boot: Clock["boot"]) {
    this.#sql = sql;
    this.#boot = boot;
  }

  /** Refused, with the oldest that is in the way, where one of the services is held already. No other gets between. */
  take(wish: Wish, isAlive: IsAlive): { id: number } | { heldBy: Lease } {
    return this.#sql.transaction(() => {
      this.#prune(wish.at, isAlive);
      const heldBy = this.#all(wish.at).find(
        (lease) => overlap(lease.services, wish.services) && wish.beside?.(lease) !== true,
      );
      if (heldBy !== undefined) return { heldBy };
      const text = `INSERT INTO lease (services, holder, pid, pid_start, since, until, until_boot, until_boot_ms)
                    VALUES ($services, $holder, $pid, $pidStart, $at, $until, $untilBoot, $untilBootMs)`;
      const id = this.#sql.run(text, {
        services: JSON.stringify(wish.services),
        holder: wish.holder,
        pid: wish.pid ?? null,
        pidStart: wish.pidStart ?? null,
        at: wish.at,
        until: wish.untilMs ?? null,
        ...this.#endByBoot(wish),
      });
      return { id };
    });
  }

  /** Keeps only these of its services; a service that it does not hold is not taken by this. */
  narrow(id: number, services: readonly string[]): void {
    this.#sql.transaction(() => {
      const row = this.#rows().find((lease) => lease.id === id);
      const held = row === undefined ? [] : this.#sql.words(row.services);
      const kept = held.includes(ALL_SERVICES)
        ? services
        : services.filter((service) => held.includes(service));
      const text = "UPDATE lease SET services = $services WHERE id = $id";
      this.#sql.run(text, { id, services: JSON.stringify(kept) });
    });
  }

  /** One that is there no more is nothing to do. */
  release(id: number): void {
    this.#sql.run("DELETE FROM lease WHERE id = $id", { id });
  }

  /** Those in force, oldest first; nothing is written. */
  list(at: number, isAlive: IsAlive): Lease[] {
    return this.#all(at).filter((lease) => inForce(lease, at, isAlive));
  }

  #prune(at: number, isAlive: IsAlive): void {
    for (const lease of this.#all(at)) if (!inForce(lease, at, isAlive)) this.release(lease.id);
  }

  #rows(): Row[] {
    return this.#sql.all<Row>("SELECT * FROM lease ORDER BY id");
  }

  #all(at: number): Lease[] {
    return this.#rows().map((row) => ({
      ...{ id: row.id, services: this.#sql.words(row.services), holder: row.holder, since: row.since },
      ...{ pid: row.pid ?? undefined, pidStart: row.pid_start ?? undefined },
      untilMs: row.until === null ? undefined : this.#endOf(row, row.until, at),
    }));
  }

  #endByBoot({ untilMs, at }: Wish): { untilBoot: string | null; untilBootMs: number | null } {
    const boot = untilMs === undefined ? undefined : this.#boot();
    if (untilMs === undefined || boot === undefined) return { untilBoot: null, untilBootMs: null };
    return { untilBoot: boot.id, untilBootMs: boot.ms + Math.round(untilMs - at) };
  }

  #endOf({ until_boot: id, until_boot_ms: ms }: Row, until: number, at: number): number {
    const boot = id === null ? undefined : this.#boot();
    return boot === undefined || boot.id !== id || ms === null ? until : at + ms - boot.ms;
  }
}

function inForce(lease: Lease, at: number, isAlive: IsAlive): boolean {
  if (lease.untilMs !== undefined && lease.untilMs <= at) return false;
  return lease.pid === undefined || isAlive(lease.pid, lease.pidStart);
}

function overlap(held: readonly string[], wished: readonly string[]): boolean {
  if (held.length === 0 || wished.length === 0) return false;
  if (held.includes(ALL_SERVICES) || wished.includes(ALL_SERVICES)) return true;
  return wished.some((service) => held.includes(service));
}
