import type { Fault } from "../../config/fault.ts";
import { isOpen } from "./addresses.ts";
import { inCompose, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Ports on which databases and their administrators' pages listen in the container. */
const DATABASE_PORTS = new Set([1433, 3306, 5432, 5433, 6379, 9042, 9200, 11_211, 27_017]);
const ADMIN_IMAGE = /pgadmin|adminer|phpmyadmin|mongo-express/;

/** Docker's published ports pass by the machine's firewall. */
export function exposure(subject: Subject): Fault[] {
  return Object.entries(subject.model.services).flatMap(([name, service]) => {
    const isAdmin = ADMIN_IMAGE.test(service.image ?? "");
    return (service.ports ?? []).flatMap((port, index) => {
      if (!isOpen(port) || !(isAdmin || DATABASE_PORTS.has(port.target))) return [];
      return [
        warning("port-exposed", inCompose(subject, ["services", name, "ports", index]), {
          message: `the whole world reaches ${name} on port ${port.published}; a firewall does not stop what Docker publishes`,
          hint: `write "127.0.0.1:${port.published}:${port.target}"`,
        }),
      ];
    });
  });
}
