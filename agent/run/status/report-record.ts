import type { Store } from "../../host/store/store.ts";

/** What became of watching a service that is only reported on. */
export type ReportRecord = {
  since: number;
  /** How often it would have been restarted. */
  would: number;
};

/**
 * By service, from what the watchdog wrote down last. Only what is understood: the rest of that is the watchdog's own
 * business, and another version may have written it.
 */
export function reportRecords(store: Pick<Store, "watch">): Readonly<Record<string, ReportRecord>> {
  const services = member(store.watch.read(), "services");
  if (typeof services !== "object" || services === null) return {};
  return Object.fromEntries(
    Object.entries(services).flatMap(([name, record]) => {
      const report = member(record, "report");
      const [since, would] = [member(report, "since"), member(report, "would")];
      return typeof since === "number" && typeof would === "number" ? [[name, { since, would }]] : [];
    }),
  );
}

function member(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
