import type { Container, PublishedPort } from "../../core/container.ts";
import type { Place } from "./place.ts";

const STATES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"] as const;
const HEALTH = ["starting", "healthy", "unhealthy"] as const;
/** How Go writes a time that never was. */
const NEVER = "0001-01-01T00:00:00Z";

/** GET /containers/ID/json */
export function readContainer(answer: Place): Container {
  const state = answer.at("State");
  const config = answer.at("Config");
  const status = state.at("Status").oneOf(STATES);
  return {
    id: answer.at("Id").string(),
    name: answer.at("Name").string().replace(/^\//, ""),
    image: answer.at("Image").string(),
    labels: config.at("Labels").texts(),
    state: status,
    exitCode: state.at("ExitCode").number(),
    oomKilled: state.at("OOMKilled").boolean(),
    startedAt: time(state.at("StartedAt")),
    finishedAt: time(state.at("FinishedAt")),
    restartCount: answer.at("RestartCount").number(),
    health: readHealth(state.at("Health")),
    addresses: readAddresses(answer.at("NetworkSettings").at("Networks")),
    ports: readPorts(answer, status === "running" || status === "paused"),
    mounts: answer.at("Mounts").list().map(readMount),
    user: config.at("User").optional()?.string() ?? "",
  };
}

function time(place: Place): string | undefined {
  const text = place.optional()?.string();
  return text === undefined || text === "" || text === NEVER ? undefined : text;
}

/** Undefined without a health check, which the engine also writes as a status of "none". */
function readHealth(health: Place): Container["health"] {
  if (health.optional() === undefined || health.at("Status").value === "none") return undefined;
  const last = health.at("Log").list().at(-1);
  return {
    status: health.at("Status").oneOf(HEALTH),
    failingStreak: health.at("FailingStreak").number(),
    lastOutput: last?.at("Output").optional()?.string() ?? "",
  };
}

function readAddresses(networks: Place): Record<string, string> {
  return Object.fromEntries(
    networks.entries().map(([name, network]) => [name, network.at("IPAddress").optional()?.string() ?? ""]),
  );
}

/** What is bound while it runs; else what it asks for, without the ports that the engine would choose. */
function readPorts(answer: Place, running: boolean): PublishedPort[] {
  const bindings = running
    ? answer.at("NetworkSettings").at("Ports")
    : answer.at("HostConfig").at("PortBindings");
  return bindings.entries().flatMap(([key, bound]) => {
    const [containerPort = "", protocol = "tcp"] = key.split("/");
    if (protocol !== "tcp" && protocol !== "udp") return [];
    return bound.list().flatMap((each) => {
      const hostPort = Number(each.at("HostPort").string());
      if (!Number.isInteger(hostPort) || hostPort < 1) return [];
      const hostIp = each.at("HostIp").optional()?.string() || "0.0.0.0";
      return [{ hostIp, hostPort, containerPort: Number(containerPort), protocol } satisfies PublishedPort];
    });
  });
}

function readMount(mount: Place): Container["mounts"][number] {
  return {
    type: mount.at("Type").string(),
    source: mount.at("Source").optional()?.string() ?? "",
    name: mount.at("Name").optional()?.string(),
    target: mount.at("Destination").string(),
    readOnly: !mount.at("RW").boolean(),
  };
}
