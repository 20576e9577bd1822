import { expect, test } from "bun:test";
import { Place } from "../../../agent/host/engine/place.ts";
import { readContainer } from "../../../agent/host/engine/read-container.ts";
import { readImage } from "../../../agent/host/engine/read-image.ts";
import { cpuPercent, readStats } from "../../../agent/host/engine/stats.ts";

const state = {
  Status: "exited",
  ExitCode: 137,
  OOMKilled: true,
  StartedAt: "0001-01-01T00:00:00Z",
  FinishedAt: "2026-01-02T03:04:05.123456789Z",
};

function container(over: object = {}) {
  const answer = {
    Id: "abc",
    Name: "/soloflow-gateway-blue",
    Image: "sha256:1",
    RestartCount: 2,
    State: state,
    Config: { Labels: null },
    HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "6432" }] } },
    NetworkSettings: { Networks: { net: { IPAddress: "" } }, Ports: {} },
    Mounts: [{ Type: "volume", Name: "db_data", Source: "/v", Destination: "/data", RW: true }],
    ...over,
  };
  return readContainer(new Place(answer, "GET /containers/abc/json"));
}

test("a container that never started has no start, and a slash is no part of its name", () => {
  expect(container()).toEqual({
    id: "abc",
    name: "soloflow-gateway-blue",
    image: "sha256:1",
    labels: {},
    state: "exited",
    exitCode: 137,
    oomKilled: true,
    startedAt: undefined,
    finishedAt: "2026-01-02T03:04:05.123456789Z",
    restartCount: 2,
    pid: undefined,
    restartPolicy: { name: "no", max: 0 },
    networkMode: "",
    memoryLimitBytes: undefined,
    graceSeconds: 10,
    stopSignal: "SIGTERM",
    error: "",
    health: undefined,
    addresses: { net: "" },
    ports: [{ hostIp: "127.0.0.1", hostPort: 6432, containerPort: 80, protocol: "tcp" }],
    mounts: [{ type: "volume", source: "/v", name: "db_data", target: "/data", readOnly: false }],
    user: "",
  });
});

test("the ports of a running container are those that are bound, in both families", () => {
  const bound = {
    "80/tcp": [
      { HostIp: "0.0.0.0", HostPort: "8080" },
      { HostIp: "::", HostPort: "8080" },
    ],
    "9/udp": null,
  };
  const running = container({
    State: { ...state, Status: "running" },
    NetworkSettings: { Networks: {}, Ports: bound },
  });
  expect(running.ports.map((port) => `${port.hostIp} ${port.hostPort}`)).toEqual(["0.0.0.0 8080", ":: 8080"]);
});

test("a port that the engine chooses is none until it has chosen", () => {
  const asked = {
    "80/tcp": [{ HostIp: "", HostPort: "" }],
    "81/tcp": [{ HostIp: "", HostPort: "81" }],
    "1/sctp": [],
  };
  expect(container({ HostConfig: { PortBindings: asked } }).ports).toEqual([
    { hostIp: "0.0.0.0", hostPort: 81, containerPort: 81, protocol: "tcp" },
  ]);
});

test("health is the last probe's word, and a status of none is no health check", () => {
  const health = (value: object) => container({ State: { ...state, Health: value } }).health;
  expect(health({ Status: "none", FailingStreak: 0, Log: null })).toBeUndefined();
  expect(health({ Status: "starting", FailingStreak: 0, Log: null })?.lastOutput).toBe("");
  const End = "2026-01-02T03:04:05.678901234+01:00";
  expect(
    health({ Status: "unhealthy", FailingStreak: 3, Log: [{ Output: "old" }, { Output: "refused", End }] }),
  ).toEqual({
    ...{ status: "unhealthy", failingStreak: 3, lastOutput: "refused", lastLookAt: End },
    ...{ retries: 3, intervalMs: 30_000, timeoutMs: 30_000 },
  });
});

test("a health check's own numbers are read, and zero stands for Docker's defaults", () => {
  const Health = { Status: "healthy", FailingStreak: 0, Log: null };
  const health = (Healthcheck: object) =>
    container({ State: { ...state, Health }, Config: { Labels: null, Healthcheck } }).health;
  expect(health({ Retries: 5, Interval: 2e9, Timeout: 5e8 })).toMatchObject({
    ...{ retries: 5, intervalMs: 2_000, timeoutMs: 500, lastLookAt: undefined },
  });
  expect(health({ Retries: 0, Interval: 0 })).toMatchObject({ retries: 3, intervalMs: 30_000 });
});

test("what the watchdog asks of a container is read as the engine means it", () => {
  const running = container({
    State: { ...state, Status: "running", Pid: 4711, Error: "" },
    Config: { Labels: null, StopTimeout: -1, StopSignal: "SIGQUIT" },
    HostConfig: {
      RestartPolicy: { Name: "on-failure", MaximumRetryCount: 4 },
      ...{ NetworkMode: "container:abc", Memory: 268_435_456, PortBindings: null },
    },
  });
  expect(running).toMatchObject({
    ...{ pid: 4711, networkMode: "container:abc", memoryLimitBytes: 268_435_456 },
    ...{ restartPolicy: { name: "on-failure", max: 4 }, graceSeconds: 600, stopSignal: "SIGQUIT" },
  });
  const bare = container({
    State: { ...state, Pid: 0, Error: "no such folder" },
    HostConfig: { RestartPolicy: { Name: "", MaximumRetryCount: 0 }, Memory: 0, PortBindings: null },
  });
  expect(bare).toMatchObject({
    ...{ pid: undefined, memoryLimitBytes: undefined, error: "no such folder" },
    restartPolicy: { name: "no", max: 0 },
  });
});

test("an image that was imported, or has no configuration, is read as well", () => {
  const image = (Config: unknown) =>
    readImage(new Place({ Id: "sha256:1", RepoTags: null, RepoDigests: null, Size: 5, Config }, "x"));
  expect(image(null)).toMatchObject({ tags: [], digests: [], labels: {}, user: "", exposedPorts: [] });
  expect(image({ Labels: { a: "b" }, User: "70", ExposedPorts: { "5432/tcp": {} } })).toMatchObject({
    labels: { a: "b" },
    user: "70",
    exposedPorts: ["5432/tcp"],
  });
});

test("memory leaves out the file cache, and a stopped container has no figures", () => {
  const stats = (memory_stats: object, total_usage?: number) =>
    readStats(
      new Place(
        { read: "2026-01-02T03:04:05Z", memory_stats, cpu_stats: { cpu_usage: { total_usage } } },
        "x",
      ),
    );
  expect(stats({ usage: 100, stats: { inactive_file: 30 } }, 2e6)).toMatchObject({
    memoryBytes: 70,
    cpu: { usedMs: 2 },
  });
  expect(stats({ usage: 100, stats: { total_inactive_file: 40 } }, 1)?.memoryBytes).toBe(60);
  expect(stats({}, 0)).toBeUndefined();
});

test("CPU is counted in per cent of one core", () => {
  expect(cpuPercent({ usedMs: 100, atMs: 0 }, { usedMs: 2_100, atMs: 1_000 })).toBe(200);
  expect(cpuPercent({ usedMs: 100, atMs: 5 }, { usedMs: 100, atMs: 5 })).toBe(0);
  expect(cpuPercent({ usedMs: 100, atMs: 0 }, { usedMs: 0, atMs: 10 })).toBe(0);
});
