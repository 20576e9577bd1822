import type { Container, ContainerHealth, ContainerSummary, PublishedPort } from "../../core/container.ts";
import type { Place } from "./place.ts";

const STATES = ["created", "running", "paused", "restarting", "removing", "exited", "dead"] as const;
const POLICIES = ["no", "always", "unless-stopped", "on-failure"] as const;
const HEALTH = ["starting", "healthy", "unhealthy"] as const;
/** How Go writes a time that never was. */
const NEVER = "0001-01-01T00:00:00Z";
/** Docker's own default when the container does not say. */
const DEFAULT_GRACE_SECONDS = 10;
/** A container made to wait for ever when it is stopped (-1) is waited for this long. */
const ENDLESS_GRACE_SECONDS = 600;
/** Docker's defaults of a health check; 0 in its answer stands for them. */
const HEALTH_DEFAULTS = { retries: 3, intervalNs: 30e9, timeoutNs: 30e9 };

/** GET /containers/ID/json */
export function readContainer(answer: Place): Container {
  const state = answer.at("State");
  const config = answer.at("Config");
  const hostConfig = answer.at("HostConfig");
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
    pid: state.at("Pid").optional()?.number() || undefined,
    restartPolicy: readRestartPolicy(hostConfig.at("RestartPolicy")),
    networkMode: hostConfig.at("NetworkMode").optional()?.string() ?? "",
    memoryLimitBytes: hostConfig.at("Memory").optional()?.number() || undefined,
    graceSeconds: readGrace(config.at("StopTimeout")),
    stopSignal: config.at("StopSignal").optional()?.string() || "SIGTERM",
    error: state.at("Error").optional()?.string() ?? "",
    health: readHealth(state.at("Health"), config.at("Healthcheck")),
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

/** One entry of GET /containers/json */
export function readSummary(entry: Place): ContainerSummary {
  return {
    id: entry.at("Id").string(),
    name: (entry.at("Names").strings()[0] ?? "").replace(/^\//, ""),
    labels: entry.at("Labels").texts(),
    state: entry.at("State").oneOf(STATES),
    status: entry.at("Status").string(),
    createdAt: entry.at("Created").number() * 1_000,
  };
}

/** "" is how the engine writes "no" where nobody said anything. */
function readRestartPolicy(policy: Place): Container["restartPolicy"] {
  if (policy.optional() === undefined) return { name: "no", max: 0 };
  const name = policy.at("Name").value === "" ? "no" : policy.at("Name").oneOf(POLICIES);
  return { name, max: policy.at("MaximumRetryCount").optional()?.number() ?? 0 };
}

function readGrace(timeout: Place): number {
  const own = timeout.optional()?.number() ?? DEFAULT_GRACE_SECONDS;
  return own < 0 ? ENDLESS_GRACE_SECONDS : own;
}

/** Undefined without a health check, which the engine also writes as a status of "none". */
function readHealth(health: Place, check: Place): ContainerHealth | undefined {
  if (health.optional() === undefined || health.at("Status").value === "none") return undefined;
  const last = health.at("Log").list().at(-1);
  const setting = (name: string) => (check.optional() && check.at(name).optional()?.number()) || undefined;
  return {
    status: health.at("Status").oneOf(HEALTH),
    failingStreak: health.at("FailingStreak").number(),
    lastOutput: last?.at("Output").optional()?.string() ?? "",
    lastLookAt: last && time(last.at("End")),
    retries: setting("Retries") ?? HEALTH_DEFAULTS.retries,
    intervalMs: (setting("Interval") ?? HEALTH_DEFAULTS.intervalNs) / 1e6,
    timeoutMs: (setting("Timeout") ?? HEALTH_DEFAULTS.timeoutNs) / 1e6,
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
