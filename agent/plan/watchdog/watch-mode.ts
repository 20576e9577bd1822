import type { Config } from "../../config/config.ts";
import type { ComposeService } from "../compose-model.ts";
import type { ServiceMode } from "./model.ts";

/** Pages for a database's administrator: nobody's customer waits for one. */
const ADMIN = /pgadmin|adminer|phpmyadmin|mongo-express/;

/** What the watchdog does with a service: as soloflow.toml says, else by what a restart could cost. */
export function watchMode(name: string, service: ComposeService, config: Config): ServiceMode {
  const written = config.service[name]?.watch;
  if (written !== undefined) return written;
  return runsPostgres(name, config) ? "report" : defaultMode(name, service);
}

/**
 * "report" for what holds data of its own, where a restart cuts off writers and takes a recovery, and for
 * administrators' pages; else "restart".
 */
export function defaultMode(name: string, service: ComposeService): ServiceMode {
  const holdsData = (service.volumes ?? []).some(
    ({ type, read_only: readOnly }) => type === "volume" && readOnly !== true,
  );
  return holdsData || ADMIN.test(name) || ADMIN.test(service.image ?? "") ? "report" : "restart";
}

function runsPostgres(name: string, { secret }: Config): boolean {
  return Object.values(secret).some(
    ({ kind, service = "database" }) => (kind === "database" || kind === "superuser") && service === name,
  );
}
