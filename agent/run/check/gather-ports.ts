import { basename } from "node:path";
import type { Container } from "../../core/container.ts";
import type { Host } from "../../host/host.ts";
import type { TakenPort } from "../../plan/check/machine-facts.ts";
import { type BoundSocket, boundSockets } from "../../plan/check/proc-net.ts";
import type { WantedPort } from "../../plan/check/taken-ports.ts";
import { LABEL } from "../../plan/labels.ts";

type Listening = BoundSocket & { protocol: "tcp" | "udp" };

/** The program by which Docker holds a published port. */
const PROXY = "docker-proxy ";

/** Who holds the wanted ports. Containers of the project itself are no conflict: they are what is replaced. */
export async function gatherTakenPorts(
  host: Pick<Host, "files" | "engine">,
  project: string,
  wanted: readonly WantedPort[],
): Promise<TakenPort[]> {
  const containers = await host.engine.containers([]).catch((): undefined => undefined);
  const ports = new Set(wanted.map(({ port }) => port));
  const published = (containers ?? [])
    .filter(({ state }) => state === "running")
    .flatMap((one) => ofContainer(one, project));
  const listening = (await listeningSockets(host)).filter(({ port }) => ports.has(port));
  const others = listening.filter(
    (socket) => !published.some(({ port, protocol }) => port === socket.port && protocol === socket.protocol),
  );
  const owners = await ownersOf(host, new Set(others.map(({ inode }) => inode)));
  return [
    ...published.flatMap(({ own, ...taken }) => (own || !ports.has(taken.port) ? [] : [taken])),
    ...others.flatMap(({ port, protocol, address, inode }) => {
      const owner = owners.get(inode);
      // Without an engine to ask, what Docker or a stranger holds may be the project's own.
      if (containers === undefined && (owner === undefined || owner.startsWith(PROXY))) return [];
      return [{ port, protocol, address, by: owner ?? "another program" }];
    }),
  ];
}

function ofContainer({ name, labels, ports }: Container, project: string): (TakenPort & { own: boolean })[] {
  const its = labels[LABEL.composeProject];
  const by = `container ${name}${its === undefined ? "" : ` of project ${its}`}`;
  return ports.map(({ hostIp, hostPort, protocol }) => ({
    port: hostPort,
    protocol,
    address: hostIp,
    by,
    own: its === project,
  }));
}

async function listeningSockets(host: Pick<Host, "files">): Promise<Listening[]> {
  const tables = (["tcp", "udp"] as const).flatMap((protocol) =>
    ["", "6"].map(async (family) => {
      const text = (await host.files.readText(`/proc/net/${protocol}${family}`)) ?? "";
      return boundSockets(text, protocol).map((socket) => ({ ...socket, protocol }));
    }),
  );
  return (await Promise.all(tables)).flat();
}

/** Which process has which socket open: "nginx (pid 812)". Of other users' processes only root learns it. */
async function ownersOf(
  host: Pick<Host, "files">,
  inodes: ReadonlySet<string>,
): Promise<Map<string, string>> {
  const owners = new Map<string, string>();
  if (inodes.size === 0) return owners;
  for (const pid of ((await host.files.list("/proc")) ?? []).filter((name) => /^\d+$/.test(name))) {
    for (const fd of (await host.files.list(`/proc/${pid}/fd`).catch(() => undefined)) ?? []) {
      const inode = /^socket:\[(\d+)\]$/.exec(
        (await host.files.readLink(`/proc/${pid}/fd/${fd}`)) ?? "",
      )?.[1];
      if (inode !== undefined && inodes.has(inode))
        owners.set(inode, `${await commandOf(host, pid)} (pid ${pid})`);
    }
    if (owners.size === inodes.size) break;
  }
  return owners;
}

/** The program's name only: arguments may hold a secret. */
async function commandOf(host: Pick<Host, "files">, pid: string): Promise<string> {
  const line = await host.files.readText(`/proc/${pid}/cmdline`).catch(() => undefined);
  const program = basename(line?.split("\0", 1)[0] ?? "");
  return program === "" ? "a process" : program;
}
