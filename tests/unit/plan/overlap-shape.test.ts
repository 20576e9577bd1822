import { describe, expect, test } from "bun:test";
import { SoloflowError } from "../../../agent/core/errors.ts";
import type { ComposeModel, ComposeService } from "../../../agent/plan/compose-model.ts";
import { strategyOf } from "../../../agent/plan/strategy.ts";
import { configOf, desiredOf, STACK_TOML, stackModel } from "../../support/desired.ts";

const EXPLICIT = STACK_TOML.replace("[service.gateway]", '[service.gateway]\ndeploy = "overlap"');
const HTTP = { target: 8080, published: "8080", protocol: "tcp" };

/** The stack with a changed gateway and a service more. */
function modelWith(gateway: ComposeService, sidecar?: ComposeService): ComposeModel {
  const model = stackModel();
  const services = { ...model.services, gateway: { ...model.services.gateway, ...gateway } };
  return { ...model, services: sidecar === undefined ? services : { ...services, sidecar } };
}

function fault(model: ComposeModel, toml = STACK_TOML): string {
  try {
    desiredOf({ model, toml });
  } catch (thrown) {
    if (thrown instanceof SoloflowError && thrown.exitCode === 2 && thrown.hint !== undefined)
      return thrown.message;
    throw thrown;
  }
  throw new Error("no fault");
}

const unitOf = (service: string, model: ComposeModel, toml = STACK_TOML) => {
  const found = desiredOf({ model, toml }).units.find((unit) => unit.service === service);
  if (found === undefined) throw new Error(`no ${service}`);
  return found;
};

describe("what cannot have two colours is replaced, and told when it was asked to overlap", () => {
  const cases: [string, ComposeModel, string][] = [
    ["a range", modelWith({ ports: [{ ...HTTP, published: "8080-8090" }] }), "publishes no port"],
    [
      "another protocol",
      modelWith({ ports: [HTTP, { target: 53, published: "53", protocol: "udp" }] }),
      "it also publishes 53 for 53/udp",
    ],
    [
      "another port",
      modelWith({ ports: [HTTP, { target: 2525, published: "2525", protocol: "tcp" }] }),
      "it also publishes 2525 for 2525/tcp",
    ],
    [
      "a port of Docker's choice",
      modelWith({ ports: [HTTP, { target: 8080 }] }),
      "a port that Docker chooses",
    ],
    ["the default bridge", modelWith({ network_mode: "bridge" }), "its network_mode is bridge"],
    [
      "a sidecar in its network",
      modelWith({}, { network_mode: "service:gateway" }),
      "sidecar uses its container",
    ],
    ["a sidecar with its processes", modelWith({}, { pid: "service:gateway" }), "sidecar uses its container"],
    ["a link", modelWith({}, { links: ["gateway:api"] }), "sidecar uses its container"],
    ["volumes of it", modelWith({}, { volumes_from: ["gateway:ro"] }), "sidecar uses its container"],
  ];
  for (const [name, model, words] of cases)
    test(name, () => {
      expect(strategyOf("gateway", configOf(STACK_TOML), model)).toBe("replace");
      expect(fault(model, EXPLICIT)).toContain(`gateway cannot overlap: ${words}`.slice(0, 24));
      expect(fault(model, EXPLICIT)).toContain(words);
    });
});

test("more than one container of a service is refused, however it is deployed", () => {
  expect(fault(modelWith({ scale: 2 }))).toContain("gateway wants 2 containers");
  const model = stackModel();
  const services = { ...model.services, database: { ...model.services.database, deploy: { replicas: 3 } } };
  expect(fault({ ...model, services })).toContain("database wants 3 containers");
});

test("one port of an app may be published in several places", () => {
  const places = [
    { ...HTTP, host_ip: "127.0.0.1" },
    { ...HTTP, host_ip: "::1" },
    { ...HTTP, published: "9090" },
  ];
  const model = modelWith({ ports: places });
  const { ports = [] } = unitOf("ingress", model).spec;
  expect(ports.slice(0, 3).map(({ host_ip: ip, published }) => `${ip ?? "*"} ${published}`)).toEqual([
    "127.0.0.1 8080",
    "::1 8080",
    "* 9090",
  ]);
  const { caddyfile = "" } = desiredOf({ model });
  for (const listener of ["http://:8080 {", "http://:9090 {"])
    expect(caddyfile.split(listener)).toHaveLength(2);
  const domain = `${STACK_TOML}\n[ingress]\ndomain = "api.example.com"\n`;
  const local = unitOf("ingress", model, domain).spec.ports?.map(({ published }) => published);
  expect(local).toEqual(["8080", "9090", "3000", "80", "443"]);
});

test("a domain and a service that want the same port are named", () => {
  const toml = `${STACK_TOML}\n[ingress]\ndomain = "api.example.com"\n`;
  for (const port of ["80", "443"]) {
    const model = modelWith({ ports: [{ ...HTTP, published: port }] });
    expect(fault(model, toml)).toContain(`gateway and https://api.example.com both need port ${port}`);
  }
  const model = modelWith({ ports: [{ ...HTTP, published: "80" }] });
  expect(unitOf("gateway", model, `${toml}http_port = 8000\n`).strategy).toBe("overlap");
});

test("colours have no fixed address and no alias in common: the ingress has the aliases", () => {
  const networks = { default: { ipv4_address: "172.30.0.9", aliases: ["api"], priority: 5 } };
  const model = modelWith({ networks });
  for (const { spec } of unitOf("gateway", model).instances)
    expect(spec.networks?.default).toEqual({ priority: 5 });
  expect(unitOf("ingress", model).spec.networks?.default?.aliases).toEqual(["gateway", "api", "provider"]);
});

test("colours whose addresses changed are made anew: the ingress asks at the new ones", () => {
  const at = (subnet: string) =>
    desiredOf({ layout: { subnet, slots: { gateway: 0, provider: 1 } } }).units.map(({ hash }) => hash);
  const [before, after] = [at("10.219.0.0/24"), at("10.219.9.0/24")];
  expect(before.filter((hash, index) => hash !== after[index])).toHaveLength(3);
});

test("Compose's own secrets and configs stay defined for the services that name them", () => {
  const secrets = { token: { file: "/etc/token" } };
  const configs = { motd: { file: "/etc/motd" } };
  const desired = desiredOf({ model: { ...stackModel(), secrets, configs } });
  expect([desired.secrets, desired.configs]).toEqual([secrets, configs]);
});
