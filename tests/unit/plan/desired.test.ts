import { describe, expect, test } from "bun:test";
import { SoloflowError } from "../../../agent/core/errors.ts";
import { INGRESS_NETWORK } from "../../../agent/plan/service-spec.ts";
import { strategyOf } from "../../../agent/plan/strategy.ts";
import { configOf, desiredOf, STACK_TOML, stackModel } from "../../support/desired.ts";

const unit = (desired: ReturnType<typeof desiredOf>, service: string) => {
  const found = desired.units.find((candidate) => candidate.service === service);
  if (found === undefined) throw new Error(`no ${service}`);
  return found;
};

describe("strategy", () => {
  const strategy = (name: string, toml = STACK_TOML) => strategyOf(name, configOf(toml), stackModel());

  test("an HTTP probe on a published port overlaps, a database is replaced, an awaited one-shot runs once", () => {
    expect(["gateway", "provider", "database", "migrate"].map((name) => strategy(name))).toEqual([
      "overlap",
      "overlap",
      "replace",
      "once",
    ]);
  });

  test("what soloflow.toml says holds", () => {
    expect(
      strategy("gateway", STACK_TOML.replace('":8080/health" }', '":8080/health" }\ndeploy = "replace"')),
    ).toBe("replace");
  });

  test("a service on the machine's own network is never doubled by default", () => {
    const model = stackModel();
    const gateway = model.services.gateway;
    if (gateway !== undefined) gateway.network_mode = "host";
    expect(strategyOf("gateway", configOf(STACK_TOML), model)).toBe("replace");
  });
});

describe("the agent's own model", () => {
  const desired = desiredOf();

  test("a two-colour service gives its ports and its fixed name away, and both colours have their own address", () => {
    const { instances } = unit(desired, "gateway");
    expect(instances.map((instance) => instance.name)).toEqual(["gateway-blue", "gateway-green"]);
    for (const { spec } of instances)
      expect([spec.ports, spec.container_name, spec.depends_on]).toEqual([undefined, undefined, undefined]);
    const addresses = instances.map(({ spec }) => spec.networks?.[INGRESS_NETWORK]?.ipv4_address);
    expect(new Set(addresses).size).toBe(2);
  });

  test("colours do not change the hash: a switch back and forth ends where it began", () => {
    const { instances, hash } = unit(desired, "gateway");
    for (const { spec } of instances) expect(spec.labels?.["dev.soloflow.spec"]).toBe(hash);
  });

  test("only the ingress publishes ports of two-colour services, and it answers to their names", () => {
    const { spec } = unit(desired, "ingress");
    expect(spec.ports?.map((port) => port.published)).toEqual(["8080", "3000"]);
    expect(spec.networks?.default?.aliases).toEqual(["gateway", "provider"]);
    expect([spec.read_only, spec.cap_drop, spec.user]).toEqual([true, ["ALL"], "10004:10004"]);
  });

  test("the ingress of somebody who is not root runs as them: its folders are theirs", () => {
    expect(unit(desiredOf({ uid: 1000 }), "ingress").spec.user).toBe("1000:1000");
  });

  test("units come in an order in which they can start", () => {
    expect(desired.units.map((each) => each.service)).toEqual([
      "database",
      "migrate",
      "gateway",
      "provider",
      "ingress",
    ]);
  });

  test("with a domain the plain ports stay on this machine and HTTPS is open to the world", () => {
    const https = desiredOf({ toml: `${STACK_TOML}\n[ingress]\ndomain = "api.example.com"\n` });
    const ports = unit(https, "ingress").spec.ports ?? [];
    expect(ports.map((port) => `${port.host_ip ?? "*"}:${port.published}`)).toEqual([
      "127.0.0.1:8080",
      "127.0.0.1:3000",
      "*:80",
      "*:443",
    ]);
  });

  test("whatever ports HTTPS is published on, the container has 80 and 443, and the redirect names the outer one", () => {
    const settings = 'domain = "api.example.com"\nhttp_port = 8081\nhttps_port = 8443\n';
    const https = desiredOf({ toml: `${STACK_TOML}\n[ingress]\n${settings}` });
    const ports = unit(https, "ingress").spec.ports ?? [];
    expect(ports.slice(-2).map((port) => `${port.published}:${port.target}`)).toEqual([
      "8081:80",
      "8443:443",
    ]);
    expect(https.caddyfile).toContain("redir https://api.example.com:8443{uri} 308");
    const usual = desiredOf({ toml: `${STACK_TOML}\n[ingress]\ndomain = "api.example.com"\n` });
    expect(usual.caddyfile).toContain("redir https://api.example.com{uri} 308");
  });
});

describe("faults of a project", () => {
  const fault = (make: () => unknown): string => {
    try {
      make();
    } catch (thrown) {
      if (thrown instanceof SoloflowError && thrown.exitCode === 2) return thrown.message;
      throw thrown;
    }
    throw new Error("no fault");
  };

  test("a circle of dependencies is named", () => {
    const model = stackModel();
    const database = model.services.database;
    if (database !== undefined) database.depends_on = { gateway: { condition: "service_started" } };
    expect(fault(() => desiredOf({ model }))).toContain("database → gateway → migrate → database");
  });

  test("two services that need one port of the ingress are named", () => {
    const model = stackModel();
    const provider = model.services.provider;
    if (provider !== undefined) provider.ports = [{ target: 8080, published: "3000", protocol: "tcp" }];
    const toml = STACK_TOML.replace(":3000/api/health", ":8080/api/health");
    expect(fault(() => desiredOf({ model, toml }))).toContain("gateway and provider both need port 8080");
  });

  test("a service called like the ingress is named", () => {
    const model = stackModel();
    const services = { ...model.services, ingress: { image: "x" } };
    expect(fault(() => desiredOf({ model: { ...model, services } }))).toContain("a service called ingress");
  });
});
