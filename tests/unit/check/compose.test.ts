import { describe, expect, test } from "bun:test";
import { faultsOf, placesOf } from "../../support/check-subject.ts";

const ROUTED = '[service.web]\nready = { http = ":3000/" }\nlive = { http = ":3000/live" }\n';
const WEB = 'services:\n  web:\n    image: web\n    ports: ["3000:3000"]\n';

test("unknown-service: soloflow.toml names a service that compose does not have", () => {
  const config = `[service.gatway]
[secret.A]
kind = "generated"
for = ["web", "gateway"]
[secret.B]
kind = "superuser"
for = ["web"]
service = "postgres"
`;
  const compose = "services:\n  gateway: {}\n  web: {}\n";
  expect(placesOf("unknown-service", { config, compose })).toEqual([
    "error soloflow.toml:2:10",
    "error soloflow.toml:9:1",
  ]);
  expect(faultsOf("unknown-service", { config, compose })[0]?.hint).toBe('did you mean "gateway"?');
});

test("unknown-service: in for, at the name", () => {
  const config = '[secret.A]\nkind = "generated"\nfor = ["web", "api"]\n';
  expect(placesOf("unknown-service", { config, compose: "services:\n  web: {}\n" })).toEqual([
    "error soloflow.toml:4:15",
  ]);
});

test("ingress-name: a service cannot have the name of the agent's own", () => {
  const compose = `${WEB}  ingress:\n    image: nginx\n`;
  expect(placesOf("ingress-name", { config: ROUTED, compose })).toEqual(["error compose.yaml:5:3"]);
  expect(faultsOf("ingress-name", { compose })).toEqual([]);
});

test("build-without-image: no script that tags another name ever runs", () => {
  const compose = "services:\n  web:\n    build: ./web\n  api:\n    image: shop/api\n    build: ./api\n";
  expect(placesOf("build-without-image", { compose })).toEqual(["warning compose.yaml:3:5"]);
  const config = '[service.web]\nbuild = { context = "web", image = "shop/web" }\n';
  expect(faultsOf("build-without-image", { compose, config })).toEqual([]);
});

describe("url-localhost: an app that takes this machine for its public address", () => {
  const compose = "services:\n  web:\n    environment:\n      BETTER_AUTH_URL: http://localhost:3000\n";

  test("is an error with a domain", () => {
    const config = '[ingress]\ndomain = "example.com"\n';
    expect(placesOf("url-localhost", { compose, config })).toEqual(["error compose.yaml:4:7"]);
  });

  test("is a warning without", () => {
    expect(placesOf("url-localhost", { compose })).toEqual(["warning compose.yaml:4:7"]);
  });

  test("is none where the agent fills it in", () => {
    const own = compose.replace("http://localhost:3000", `\${SOLOFLOW_ORIGIN:-http://localhost:3000}`);
    expect(faultsOf("url-localhost", { compose: own })).toEqual([]);
    const config = '[ingress]\ndomain = "example.com"\n';
    const variables = { SOLOFLOW_ORIGIN: "https://example.com" };
    expect(faultsOf("url-localhost", { compose: own, config, variables })).toEqual([]);
  });
});

test("no-https: without a domain keys travel in clear", () => {
  expect(placesOf("no-https", { config: ROUTED, compose: WEB })).toEqual(["warning soloflow.toml:1:1"]);
  const secure = `${ROUTED}[ingress]\ndomain = "example.com"\n`;
  expect(faultsOf("no-https", { config: secure, compose: WEB })).toEqual([]);
  const local = WEB.replace("3000:3000", "127.0.0.1:3000:3000");
  expect(faultsOf("no-https", { config: ROUTED, compose: local })).toEqual([]);
});

test("two-rests: of a domain one service gets what no path takes", () => {
  const config = `${ROUTED}[service.api]\nready = { http = ":8080/" }\n[ingress]\ndomain = "example.com"\n`;
  const compose = `${WEB}  api:\n    image: api\n    ports: ["8080:8080"]\n`;
  expect(placesOf("two-rests", { config, compose })).toEqual(["warning soloflow.toml:2:10"]);
  const routed = config.replace("[service.api]", '[service.api]\npaths = ["/api/*"]');
  expect(faultsOf("two-rests", { config: routed, compose })).toEqual([]);
});

test("paths-unused: paths of a service that the ingress does not lead to", () => {
  const config = '[service.web]\npaths = ["/x/*"]\n';
  expect(placesOf("paths-unused", { config, compose: WEB })).toEqual(["warning soloflow.toml:3:1"]);
});

describe("what stands in the way of an overlap", () => {
  test("overlap-impossible: asked for without a probe, or without a port", () => {
    const probeless = '[service.web]\ndeploy = "overlap"\n';
    expect(placesOf("overlap-impossible", { config: probeless, compose: WEB })).toEqual([
      "error soloflow.toml:3:1",
    ]);
    const other = '[service.web]\ndeploy = "overlap"\nready = { http = ":8080/" }\n';
    expect(faultsOf("overlap-impossible", { config: other, compose: WEB })[0]?.message).toContain(":8080");
    expect(faultsOf("overlap-impossible", { config: ROUTED, compose: WEB })).toEqual([]);
  });

  test("overlap-container-name: two cannot have one name", () => {
    const compose = `${WEB}    container_name: the-web\n`;
    expect(placesOf("overlap-container-name", { config: ROUTED, compose })).toEqual([
      "warning compose.yaml:5:5",
    ]);
    const replaced = ROUTED.replace("\n", '\ndeploy = "replace"\n');
    expect(faultsOf("overlap-container-name", { config: replaced, compose })).toEqual([]);
  });

  test("overlap-volume: two write to one volume", () => {
    const compose = `${WEB}    volumes: ["data:/data", "ro:/ro:ro", "./host:/host"]\n`;
    expect(placesOf("overlap-volume", { config: ROUTED, compose })).toEqual(["warning compose.yaml:5:15"]);
  });
});

describe("volume-path: a volume where the program keeps nothing", () => {
  const service = (image: string, volumes: string) =>
    `services:\n  it:\n    image: ${image}\n    volumes: ${volumes}\n`;

  test("pgadmin_data mounted where pgAdmin keeps nothing", () => {
    const compose = service("dpage/pgadmin4", "[pgadmin_data:/pgadmin4]");
    expect(placesOf("volume-path", { compose })).toEqual(["warning compose.yaml:4:15"]);
    expect(faultsOf("volume-path", { compose })[0]?.hint).toBe("mount it at /var/lib/pgadmin");
    expect(faultsOf("volume-path", { compose: service("dpage/pgadmin4:9", "[d:/var/lib/pgadmin]") })).toEqual(
      [],
    );
  });

  test("a database whose data is in the container", () => {
    const compose = "services:\n  db:\n    image: postgres:17\n";
    expect(placesOf("volume-path", { compose })).toEqual(["error compose.yaml:2:3"]);
    expect(placesOf("volume-path", { compose: service("postgres:17", "[d:/data]") })).toEqual([
      "error compose.yaml:4:15",
    ]);
  });

  test.each(["d:/var/lib/postgresql/data", "./d:/var/lib/postgresql/data", "d:/var/lib/postgresql"])(
    "%s is right for PostgreSQL",
    (volume) => {
      expect(faultsOf("volume-path", { compose: service("postgres:17", `["${volume}"]`) })).toEqual([]);
    },
  );

  test("PGDATA may be elsewhere", () => {
    const compose = `${service("postgres:17", "[d:/pg]")}    environment: { PGDATA: /pg/data }\n`;
    expect(faultsOf("volume-path", { compose })).toEqual([]);
  });
});

describe("restarts", () => {
  test("restart-always revives what was stopped", () => {
    const compose = "services:\n  web:\n    image: web\n    restart: always\n";
    expect(placesOf("restart-always", { compose })).toEqual(["warning compose.yaml:4:5"]);
  });

  test("restart-none: stays down after a reboot; a one-shot may", () => {
    const compose = `services:
  web:
    image: web
    depends_on: { migrate: { condition: service_completed_successfully } }
  migrate: { image: web }
  db: { image: db, restart: unless-stopped }
`;
    expect(placesOf("restart-none", { compose })).toEqual(["warning compose.yaml:2:3"]);
  });
});

describe("health", () => {
  test("health-start-interval: no effect without start_period", () => {
    const compose = "services:\n  web:\n    healthcheck:\n      test: [CMD, a]\n      start_interval: 1s\n";
    expect(placesOf("health-start-interval", { compose })).toEqual(["warning compose.yaml:5:7"]);
    const both = `${compose}      start_period: 60s\n`;
    expect(faultsOf("health-start-interval", { compose: both })).toEqual([]);
  });

  test("no-readiness: nobody says when it is ready", () => {
    const compose = "services:\n  web:\n    image: web\n";
    expect(placesOf("no-readiness", { compose })).toEqual(["warning compose.yaml:2:3"]);
    expect(faultsOf("no-readiness", { compose, config: '[service.web]\nready = { tcp = ":80" }\n' })).toEqual(
      [],
    );
    const checked = `${compose}    healthcheck: { test: a }\n`;
    expect(faultsOf("no-readiness", { compose: checked })).toEqual([]);
    const own = { dockerfile: "FROM node\nHEALTHCHECK CMD a\n", build: { services: ["web"] } };
    expect(faultsOf("no-readiness", { compose, ...own })).toEqual([]);
  });

  test("no-liveness: proposes a path", () => {
    const config = '[service.web]\nready = { http = ":3000/api/health" }\n';
    expect(placesOf("no-liveness", { config, compose: WEB })).toEqual(["notice soloflow.toml:2:10"]);
    expect(faultsOf("no-liveness", { config, compose: WEB })[0]?.hint).toContain(":3000/api/health/liveness");
    expect(faultsOf("no-liveness", { config: ROUTED, compose: WEB })).toEqual([]);
  });

  test("no-liveness: of Spring Boot's it says what must be set for it", () => {
    const config = '[service.web]\nready = { http = ":8080/actuator/health" }\n';
    const [fault] = faultsOf("no-liveness", { config, compose: WEB });
    expect(fault?.hint).toContain('":8080/actuator/health/liveness"');
    expect(fault?.hint).toContain("management.endpoint.health.probes.enabled=true");
  });
});

test("port-exposed: a database that the whole world reaches", () => {
  const compose = `services:
  db: { image: db, ports: ["5434:5432"] }
  local: { image: db, ports: ["127.0.0.1:5435:5432"] }
  admin: { image: dpage/pgadmin4, ports: ["6432:80"] }
  web: { image: web, ports: ["80:80"] }
`;
  expect(placesOf("port-exposed", { compose })).toEqual([
    "warning compose.yaml:2:28",
    "warning compose.yaml:4:43",
  ]);
});

test("nobody-is-told: a notice as long as no alert leaves the machine", () => {
  const dead = '[alerts]\ndead_man = "https://example.com/ping"\n';
  expect(placesOf("nobody-is-told", { compose: WEB })).toEqual(["notice soloflow.toml:1:1"]);
  expect(placesOf("nobody-is-told", { config: dead, compose: WEB })).toEqual(["notice soloflow.toml:2:2"]);
  const told = '[alerts]\ncommand = ["mail", "you@example.com"]\n';
  expect(placesOf("nobody-is-told", { config: told, compose: WEB })).toEqual([]);
});

test("unknown-service: the agent itself may get a secret", () => {
  const config = '[alerts]\nslack = "HOOK"\n[secret.HOOK]\nkind = "external"\nfor = ["agent"]\n';
  expect(placesOf("unknown-service", { config, compose: WEB })).toEqual([]);
});
