import type { IngressConfig } from "../config/config.ts";
import { sha256 } from "../core/canonical.ts";
import { INGRESS_PATHS } from "./caddyfile.ts";
import type { ComposeModel, ComposeNetworkUse, ComposePort, ComposeService } from "./compose-model.ts";
import { DOMAIN_PORTS } from "./https-origin.ts";
import { LABEL } from "./labels.ts";
import { ingressAddress, type Layout } from "./layout.ts";
import type { Route } from "./routes.ts";
import { folderBind, INGRESS_NETWORK } from "./service-spec.ts";

export const INGRESS = "ingress";

/** The ingress of root runs as this user; its folders on the machine belong to it. */
export const INGRESS_UID = 10004;

/** Only root can give folders away: the ingress of anybody else (by uid) runs as them. */
function ingressUser(uid: number): string {
  const user = uid === 0 ? INGRESS_UID : uid;
  return `${user}:${user}`;
}

/** Far more than its threads (one a processor, and one a file that is being looked at), far fewer than a machine has. */
const MAX_PROCESSES = 512;

/** Folders of this machine that the ingress sees. */
export type IngressFolders = {
  /** Holds the Caddyfile. */
  config: string;
  /** Holds the admin socket, by which requests in flight are counted. */
  socket: string;
  /** Certificates. */
  data: string;
  /** Flag files of the colours. */
  flags: string;
};

/** The one service that listens to the world. It holds no state but certificates. */
export function ingressSpec(input: {
  image: string;
  routes: readonly Route[];
  caddyfile: string;
  model: ComposeModel;
  layout: Layout;
  folders: IngressFolders;
  /** Who deploys. */
  uid: number;
  settings: IngressConfig;
}): ComposeService {
  const { folders, settings } = input;
  return {
    image: input.image,
    command: ["caddy", "run", "--config", `${INGRESS_PATHS.config}/Caddyfile`, "--adapter", "caddyfile"],
    user: ingressUser(input.uid),
    read_only: true,
    cap_drop: ["ALL"],
    // The official image's program asks for this capability and does not start where it is out of reach.
    ...(settings.image === undefined ? {} : { cap_add: ["NET_BIND_SERVICE"] }),
    security_opt: ["no-new-privileges:true"],
    restart: "unless-stopped",
    mem_limit: "268435456",
    pids_limit: MAX_PROCESSES,
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
    environment: { XDG_DATA_HOME: "/data", XDG_CONFIG_HOME: "/data", HOME: "/data" },
    volumes: [
      folderBind(folders.config, INGRESS_PATHS.config),
      folderBind(folders.flags, INGRESS_PATHS.flags),
      folderBind(folders.socket, INGRESS_PATHS.socketFolder, false),
      folderBind(folders.data, "/data", false),
    ],
    ports: ports(input.routes, settings),
    networks: networks(input.routes, input.model, input.layout),
    labels: { [LABEL.service]: INGRESS, "dev.soloflow.caddyfile": sha256(input.caddyfile) },
  };
}

function ports(routes: readonly Route[], settings: IngressConfig): ComposePort[] {
  const plain = routes.flatMap(({ published }) =>
    published.map((place) => port(place.port, place.port, place.hostIp)),
  );
  if (settings.domain === undefined) return plain;
  const { http, https } = DOMAIN_PORTS;
  return [...plain, port(http, settings.http_port ?? http), port(https, settings.https_port ?? https)];
}

function port(target: number, published: number, hostIp = ""): ComposePort {
  return {
    mode: "ingress",
    target,
    published: String(published),
    protocol: "tcp",
    ...(hostIp === "" ? {} : { host_ip: hostIp }),
  };
}

/**
 * On every network of a two-colour service the ingress answers to that service's names (the one of its container in
 * the compose file is one too), so that peers follow a switch.
 */
function networks(
  routes: readonly Route[],
  model: ComposeModel,
  layout: Layout,
): Record<string, ComposeNetworkUse> {
  const uses: Record<string, ComposeNetworkUse> = {
    [INGRESS_NETWORK]: { ipv4_address: ingressAddress(layout) },
  };
  for (const service of new Set(routes.map((route) => route.service))) {
    for (const [network, use] of Object.entries(model.services[service]?.networks ?? {})) {
      const own = [service, model.services[service]?.container_name ?? []].flat();
      const names = [...(uses[network]?.aliases ?? []), ...own, ...(use?.aliases ?? [])];
      uses[network] = { aliases: [...new Set(names)] };
    }
  }
  return uses;
}
