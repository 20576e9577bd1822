import type { Fault } from "../../config/fault.ts";
import type { ComposeService } from "../compose-model.ts";
import { error, inCompose, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Where well-known images keep what must outlive the container. PostgreSQL's moved in the image of version 18. */
const KEEPERS = [
  { image: /(^|\/)pgadmin4?(:|@|$)/, what: "pgAdmin", folders: ["/var/lib/pgadmin"], severe: false },
  {
    image: /(^|\/)(postgres|postgis|timescaledb|pgvector)(:|@|$)|^soloflow\/database(:|@|$)/,
    what: "PostgreSQL",
    folders: ["/var/lib/postgresql/data", "/var/lib/postgresql"],
    severe: true,
  },
  { image: /(^|\/)(mysql|mariadb)(:|@|$)/, what: "the database", folders: ["/var/lib/mysql"], severe: true },
  { image: /(^|\/)mongo(:|@|$)/, what: "the database", folders: ["/data/db"], severe: true },
] as const;

/** A volume that is mounted where the program keeps nothing protects nothing. */
export function volumes(subject: Subject): Fault[] {
  return Object.entries(subject.model.services).flatMap(([name, service]) => {
    const image = subject.config.service[name]?.image ?? service.image ?? "";
    const keeper = KEEPERS.find((one) => one.image.test(image));
    return keeper === undefined ? [] : misplaced(subject, name, service, keeper);
  });
}

function misplaced(
  subject: Subject,
  name: string,
  service: ComposeService,
  { what, folders, severe }: (typeof KEEPERS)[number],
): Fault[] {
  const mounts = service.volumes ?? [];
  const moved = String(service.environment?.PGDATA ?? "");
  const isKept = (target: string): boolean =>
    folders.some((folder) => target === folder || folder.startsWith(`${target}/`)) ||
    (moved !== "" && (moved === target || moved.startsWith(`${target}/`)));
  if (mounts.some(({ type, target, source }) => type !== "tmpfs" && source !== undefined && isKept(target)))
    return [];
  const wrong = mounts.findIndex(({ type, source }) => type === "volume" && source !== undefined);
  if (wrong === -1 && !severe) return [];
  const place = inCompose(subject, ["services", name, ...(wrong === -1 ? [] : ["volumes", wrong])]);
  const words = {
    message:
      wrong === -1
        ? `${what} in ${name} keeps its data in the container, which a deploy replaces`
        : `${mounts[wrong]?.source} is mounted at ${mounts[wrong]?.target}, where ${what} keeps nothing`,
    hint: `mount it at ${folders[0]}`,
  };
  return [severe ? error("volume-path", place, words) : warning("volume-path", place, words)];
}
