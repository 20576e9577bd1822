import { describe, expect, test } from "bun:test";
import type { TakenPort } from "../../../agent/plan/check/machine-facts.ts";
import { checkSubject } from "../../../agent/plan/check/rules.ts";
import { faultsOf, placesOf, subjectOf } from "../../support/check-subject.ts";

const OVERLAPS = '[service.web]\nready = { http = ":3000/" }\nlive = { http = ":3000/live" }\n';
const WEB =
  'services:\n  web:\n    image: web\n    restart: unless-stopped\n    ports: ["127.0.0.1:3000:3000"]\n';

test("a machine and a project with nothing wrong have no faults", () => {
  const config = `${OVERLAPS}[alerts]\ncommand = ["mail", "you@example.com"]\n`;
  expect(checkSubject(subjectOf({ config, compose: WEB }))).toEqual([]);
});

describe("port-taken: by whom", () => {
  const nginx: TakenPort = { port: 3000, protocol: "tcp", address: "0.0.0.0", by: "nginx (pid 812)" };

  test("is an error at the port in the compose file", () => {
    const given = { compose: WEB, machine: { takenPorts: [nginx] } };
    expect(placesOf("port-taken", given)).toEqual(["error compose.yaml:5:13"]);
    expect(faultsOf("port-taken", given)[0]?.message).toContain("nginx (pid 812)");
  });

  test("another port, protocol or address is no conflict", () => {
    for (const other of [{ port: 3001 }, { protocol: "udp" as const }, { address: "10.0.0.1" }]) {
      const machine = { takenPorts: [{ ...nginx, ...other }] };
      expect(faultsOf("port-taken", { compose: WEB, machine })).toEqual([]);
    }
  });

  test("with a domain 80 and 443 are wanted, too", () => {
    const config = `[ingress]\ndomain = "example.com"\nhttps_port = 8443\n${OVERLAPS}`;
    const takenPorts = [80, 8443].map((port) => ({ ...nginx, port }));
    expect(placesOf("port-taken", { config, compose: WEB, machine: { takenPorts } })).toEqual([
      "error soloflow.toml:3:1",
      "error soloflow.toml:4:1",
    ]);
  });

  test("two services cannot have one port", () => {
    const compose = `${WEB}  api:\n    image: api\n    ports: ["3000:80"]\n`;
    expect(placesOf("port-taken", { compose })).toEqual(["error compose.yaml:8:13"]);
  });
});

describe("Docker", () => {
  test("engine-unreachable is said, and all else is checked", () => {
    const machine = { engine: undefined, engineError: "the docker socket cannot be reached" };
    expect(placesOf("engine-unreachable", { machine })).toEqual(["error machine"]);
    const compose = "services:\n  web:\n    image: web\n    restart: always\n";
    expect(faultsOf("restart-always", { machine, compose })).toHaveLength(1);
  });

  test("engine-old, compose-old, buildx-old, cli-old: each with what is needed", () => {
    const engine = subjectOf({}).machine.engine;
    if (engine === undefined) throw new Error("no engine");
    const machine = {
      engine: { ...engine, version: "20.10.24+dfsg1" },
      tools: { cli: "20.10.24", compose: "2.17.3", buildx: "0.9.1" },
    };
    for (const rule of ["engine-old", "compose-old", "buildx-old", "cli-old"]) {
      expect(placesOf(rule, { machine })).toEqual(["error machine"]);
    }
    expect(faultsOf("engine-old", { machine })[0]?.message).toBe("Docker Engine is 20.10.24, 25.0 is needed");
  });

  test("compose-missing, buildx-missing, cli-missing", () => {
    const machine = { tools: { cli: undefined, compose: undefined, buildx: undefined } };
    for (const rule of ["compose-missing", "buildx-missing", "cli-missing"]) {
      expect(faultsOf(rule, { machine })[0]?.hint).toContain("soloflow-agent setup");
    }
  });
});

describe("disk: new images lie beside the old ones", () => {
  const dockerfile = "FROM node\nUSER 1\n";
  const build = { services: ["web"] };
  const disk = (freeBytes: number) => ({
    machine: { disk: { path: "/var/lib/docker", freeBytes } },
    dockerfile,
    build,
  });

  test("too little is an error, scarce a warning, enough nothing", () => {
    expect(placesOf("disk", disk(200e6))).toEqual(["error machine"]);
    expect(placesOf("disk", disk(900e6))).toEqual(["warning machine"]);
    expect(placesOf("disk", disk(1e9))).toEqual([]);
  });

  test("the size that an image has now counts, else its limit", () => {
    const large = { ...disk(2e9).machine, imageBytes: { "shop/app": 2e9 } };
    expect(placesOf("disk", { dockerfile, build, machine: large })).toEqual(["error machine"]);
    const config = '[service.web]\nbuild = { context = "app", image = "shop/app", max_size = "3GB" }\n';
    const compose = "services:\n  web: {}\n";
    expect(placesOf("disk", { ...disk(2e9), config, compose })).toEqual(["warning machine"]);
  });

  test("before a deploy only what is about to be built counts", () => {
    expect(placesOf("disk", { ...disk(600e6), building: [] })).toEqual([]);
    expect(placesOf("disk", { ...disk(600e6), building: ["shop/app"] })).toEqual(["warning machine"]);
    expect(placesOf("disk", { ...disk(100e6), building: [] })).toEqual(["error machine"]);
  });
});

describe("memory: while new ones take over, both run", () => {
  const memory = (availableBytes: number) => ({ totalBytes: 1e9, availableBytes });

  test("less than second containers of all overlapping services use is an error", () => {
    const machine = { usedBytes: { web: 400e6 }, memory: memory(300e6) };
    expect(placesOf("memory", { config: OVERLAPS, compose: WEB, machine })).toEqual(["error machine"]);
    const enough = { ...machine, memory: memory(500e6) };
    expect(faultsOf("memory", { config: OVERLAPS, compose: WEB, machine: enough })).toEqual([]);
    const config = `${OVERLAPS}[service.api]\nready = { http = ":80/" }\n`;
    const compose = `${WEB}  api:\n    image: api\n    ports: ["80:80"]\n`;
    const both = { memory: memory(500e6), usedBytes: { web: 400e6, api: 200e6 } };
    expect(placesOf("memory", { config, compose, machine: both })).toEqual(["error machine"]);
  });

  test("limits that the machine cannot hold are a warning", () => {
    const compose = `${WEB}    mem_limit: 600m\n`;
    const machine = { memory: memory(900e6) };
    expect(placesOf("memory", { config: OVERLAPS, compose, machine })).toEqual(["warning machine"]);
    expect(faultsOf("memory", { compose, machine })).toEqual([]);
  });
});

describe("clock", () => {
  test("off by seconds is a warning, by minutes an error", () => {
    expect(placesOf("clock", { machine: { engineAheadMs: -20_000 } })).toEqual(["warning machine"]);
    expect(placesOf("clock", { machine: { engineAheadMs: 3_600_000 } })).toEqual(["error machine"]);
  });

  test("before the last change of the configuration is an error", () => {
    const { nowMs } = subjectOf({}).machine;
    expect(placesOf("clock", { machine: { configChangedMs: nowMs + 3_600_000 } })).toEqual(["error machine"]);
  });

  test("not set by the network is a warning; not knowing is nothing", () => {
    expect(placesOf("clock", { machine: { clockSynchronised: false } })).toEqual(["warning machine"]);
    expect(
      faultsOf("clock", { machine: { clockSynchronised: undefined, engineAheadMs: undefined } }),
    ).toEqual([]);
  });
});

test("state-folders: two of one project know nothing of each other", () => {
  const stateFolders = ["/var/lib/soloflow/shop", "/home/user/.local/state/soloflow/shop"];
  expect(placesOf("state-folders", { machine: { stateFolders } })).toEqual(["warning machine"]);
});
