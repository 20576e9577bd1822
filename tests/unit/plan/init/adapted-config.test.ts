import { describe, expect, test } from "bun:test";
import { parseConfig } from "../../../../agent/config/parse.ts";
import type { ComposeModel } from "../../../../agent/plan/compose-model.ts";
import { adaptedConfig } from "../../../../agent/plan/init/adapted-config.ts";

const model: ComposeModel = {
  name: "shop",
  networks: {},
  volumes: {},
  services: {
    api: {
      build: { context: "/srv/api" },
      environment: { API_KEY_PEPPER: "canary-1", SPRING_DATASOURCE_PASSWORD: "canary-2", LANG: "C" },
      ports: [{ target: 8080, published: "80" }],
      healthcheck: { test: ["CMD", "curl", "http://localhost:8080/actuator/health?t=canary-3"] },
      depends_on: { migrate: { condition: "service_completed_successfully" } },
    },
    db: {
      image: "postgres:15",
      environment: { POSTGRES_PASSWORD: "canary-4" },
      healthcheck: { test: ["CMD-SHELL", "pg_isready -U postgres"] },
      volumes: [{ type: "volume", source: "data", target: "/var/lib/postgresql/data" }],
    },
    migrate: { image: "shop/api", environment: { DATABASE_URL: "postgres://a:canary-5@db/shop" } },
    web: {
      image: "shop/web",
      ports: [{ target: 3000, published: "3000", host_ip: "127.0.0.1" }],
      volumes: [{ type: "bind", source: "/srv/uploads", target: "/uploads" }],
      healthcheck: { test: ["CMD-SHELL", "wget -q http://localhost:3000/ || exit 1"] },
    },
  },
};
const text = adaptedConfig({ model, composeFile: "docker-compose.yml", envFile: ".env.docker" });

describe("a configuration for somebody's compose file", () => {
  test("is right as it is, and with everything that it suggests", () => {
    expect(parseConfig(text, "soloflow.toml").faults).toEqual([]);
    const suggested = text.replaceAll(/^# (?=\[secret|kind|for|deliver|accepts|service)/gm, "");
    // Nobody knows whether its programs read a list: until somebody says so the pepper stays as it is.
    expect(parseConfig(suggested, "soloflow.toml").faults).toMatchObject([
      { severity: "warning", message: expect.stringContaining("API_KEY_PEPPER is never rotated") },
    ]);
    expect(Object.keys(parseConfig(suggested, "soloflow.toml").config?.secret ?? {})).toHaveLength(4);
  });

  test("holds no value of a secret", () => {
    expect(text).not.toContain("canary");
  });

  test("keeps the name under which volumes and containers are", () => {
    expect(text).toContain('project = "shop"');
  });

  test("turns health checks into readiness", () => {
    const service = parseConfig(text, "soloflow.toml").config?.service;
    expect(service?.api?.ready).toEqual({ http: ":8080/actuator/health" });
    expect(service?.db?.ready).toEqual({ exec: ["pg_isready", "-U", "postgres"] });
  });

  test("does not run two of what writes to a shared folder", () => {
    const service = parseConfig(text, "soloflow.toml").config?.service;
    expect(service?.web?.deploy).toBe("replace");
    expect(service?.api?.deploy).toBeUndefined();
  });

  test("says what it could not know", () => {
    expect(text).toMatchInlineSnapshot(`
      "# Made from docker-compose.yml, which stays as it is. Every key is explained in soloflow-agent's docs/configuration.md.
      #
      #     soloflow-agent check      what is wrong, all at once
      #     soloflow-agent plan       what a deploy would do, and why

      project = "shop"   # Compose's name for it: volumes and running containers carry it
      compose = "docker-compose.yml"
      # .env.docker holds values for the compose file's variables, but Compose reads only .env by itself:
      # env_file = ".env.docker"

      # Without a domain the published ports answer in plain HTTP; with one, HTTPS with its own certificates is in front.
      [ingress]
      # domain = "example.com"
      # email  = "you@example.com"

      # ready: customers can be sent to it.  live: the process works; it must not ask the database.
      # Without ready, Docker's own health check is the judge.
      # watch = "report": nothing is restarted, but each time that it would have been is written down (see them with
      # soloflow-agent incidents). When three days of that were right, write "restart" where a restart can help; a database
      # is rather left at "report".

      # published: 80 -> 8080
      [service.api]
      # built as the compose file says; to limit its size:
      # build = { context = "…", max_size = "500MB" }
      ready = { http = ":8080/actuator/health" }
      # Spring Boot up to 3 answers on it only with management.endpoint.health.probes.enabled=true:
      # live  = { http = ":8080/actuator/health/liveness" }
      # deploy = "overlap" by itself: the new one is ready before the old one goes
      watch = "report"

      [service.db]
      ready = { exec = ["pg_isready", "-U", "postgres"] }
      watch = "report"

      # runs to its end before what depends on it starts
      [service.migrate]

      # published: 127.0.0.1:3000 -> 3000
      [service.web]
      ready = { http = ":3000/" }
      # a path that only says that the process answers; not known here:
      # live  = { http = ":3000/…" }
      # two of it would write to /uploads at the same time; if that is safe, remove the next line
      deploy = "replace"
      watch = "report"

      # Values that stand in the environment now. To take one into the encrypted store, remove the # before its table, bring
      # in the value in use with \`soloflow-agent secrets import ENV_FILE\` (where data exists none is made anew), and remove
      # it from the compose file. deliver = "env" suits programs that cannot read NAME_FILE. Where programs read
      # a list, "2:new,1:old" (the first issues, all are accepted), remove accepts = 1: then a rotation costs nobody anything.

      # [secret.API_KEY_PEPPER]
      # kind = "pepper"
      # for = ["api"]
      # deliver = "env"
      # accepts = 1

      # [secret.DATABASE_URL]
      # kind = "external"
      # for = ["migrate"]
      # deliver = "env"

      # [secret.POSTGRES_PASSWORD]
      # kind = "superuser"
      # for = ["db"]
      # service = "db"

      # [secret.SPRING_DATASOURCE_PASSWORD]
      # kind = "external"
      # for = ["api"]
      # deliver = "env"
      "
    `);
  });
});
