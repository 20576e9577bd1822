import { describe, expect, test } from "bun:test";
import { goodAnswersOf, namedListeners } from "../../../agent/plan/ingress-answers.ts";
import { healthPort, ingressLive } from "../../../agent/plan/ingress-health.ts";
import type { Route } from "../../../agent/plan/routes.ts";
import { desiredOf, STACK_TOML, stackModel } from "../../support/desired.ts";

const STANDBY = STACK_TOML.replace(
  "[service.gateway]",
  '[service.gateway]\nstandby = true\nanswer_within = "3s"',
);
const DOMAIN = '\n[ingress]\ndomain = "api.example.com"\n';

const textOf = (toml: string): string => desiredOf({ toml }).caddyfile ?? "";

/** One top-level block of a Caddyfile. */
function site(text: string, head: string): string {
  const start = text.indexOf(`${head} {`);
  return start < 0 ? "" : text.slice(start, text.indexOf("\n}", start) + 2);
}

test("a service without a standby is led to exactly as before there were standbys", () => {
  const plain = `http://:3000 {
	@provider_3000_green file {
		root /active
		try_files /provider.green
	}
	handle @provider_3000_green {
		reverse_proxy 10.219.0.7:3000 {
			lb_try_duration 5s
			lb_try_interval 50ms
			transport http {
				dial_timeout 500ms
				keepalive 500ms
			}
		}
	}
	handle {
		reverse_proxy 10.219.0.6:3000 {
			lb_try_duration 5s
			lb_try_interval 50ms
			transport http {
				dial_timeout 500ms
				keepalive 500ms
			}
		}
	}
}`;
  for (const toml of [STACK_TOML, STANDBY]) expect(site(textOf(toml), "http://:3000")).toBe(plain);
});

describe("a service with a standby", () => {
  const gateway = site(textOf(STANDBY), "http://:8080");
  const pools = [...gateway.matchAll(/reverse_proxy (\S+) (\S+) \{\n\t+lb_policy first/g)].map((match) =>
    match.slice(1),
  );

  test("is asked at both colours, the flagged one first, also when none is known to be well", () => {
    const [blue, green] = ["10.219.0.4:8080", "10.219.0.5:8080"];
    expect(pools).toEqual([
      [green, blue],
      [blue, green],
      [green, blue],
      [blue, green],
    ] as string[][]);
  });

  test("is looked at where it says that it is ready, and a slower answer than allowed counts as none", () => {
    expect(gateway.match(/health_uri \/health$/gm)).toHaveLength(2);
    expect(gateway.match(/response_header_timeout 3000ms/g)).toHaveLength(4);
    // Where nobody is known to be well, a GET that hung on the first is still asked of the other.
    expect(gateway.match(/lb_try_duration 8000ms/g)).toHaveLength(2);
  });

  test("is notably not told to try anything but a GET again", () => {
    expect(gateway).not.toContain("lb_retry_match");
  });

  test("has one upstream only while its standby is taken from the ingress", () => {
    const alone = gateway.slice(gateway.indexOf("handle @gateway_8080_alone"));
    expect(alone.match(/reverse_proxy \S+ \{/g)).toHaveLength(2);
    expect(gateway).toContain("try_files /gateway.alone");
  });

  test("keeps both colours behind a domain as well", () => {
    const text = site(
      textOf(`${STANDBY.replace("[service.provider]", '[service.provider]\npaths = ["/app/*"]')}${DOMAIN}`),
      "\napi.example.com",
    );
    expect(text.match(/lb_policy first/g)).toHaveLength(4);
    expect(text).toContain("handle @paths_provider_3000");
  });
});

describe("where a service tells fingerprints of its secrets", () => {
  const told = STANDBY.replace(
    "[service.gateway]",
    '[service.gateway]\nfingerprints = ":8080/internal/secrets"',
  );
  const bar =
    /@gateway_8080_barred path \/internal\/secrets\n\t+handle @gateway_8080_barred \{\n\t+respond 404/;

  test("nobody is led to, by its ports and by the domain", () => {
    expect(site(textOf(told), "http://:8080")).toMatch(bar);
    const both = told.replace("[service.provider]", '[service.provider]\npaths = ["/app/*"]');
    expect(site(textOf(`${both}${DOMAIN}`), "\napi.example.com")).toMatch(bar);
  });

  test("other services keep that path", () => {
    expect(site(textOf(told), "http://:3000")).toBe(site(textOf(STANDBY), "http://:3000"));
    expect(textOf(STANDBY)).not.toContain("barred");
  });

  test("the app has a port for that alone: nothing is barred", () => {
    expect(textOf(told.replace(":8080/internal", ":9090/internal"))).toBe(textOf(STANDBY));
  });
});

describe("the ingress itself", () => {
  const route = (service: string, port: number, standby?: Route["standby"]): Route => ({
    ...{ service, target: port, published: [], listen: [port], paths: [], standby, barred: undefined },
    upstream: { blue: "10.0.0.4:1", green: "10.0.0.5:1" },
  });

  test("answers for itself on a port that no service has and nobody publishes", () => {
    expect(healthPort([route("a", 2019), route("b", 2020)])).toBe(2021);
    const { units, caddyfile = "" } = desiredOf();
    const ingress = units.find(({ service }) => service === "ingress");
    expect(ingress?.live).toEqual(ingressLive([]));
    expect(site(caddyfile, "http://:2019")).toContain("respond /health 200");
    expect(ingress?.spec.ports?.map(({ target }) => target)).not.toContain(2019);
  });

  test("counts answers where they are one container's", () => {
    const warm = route("warm", 4000, { ready: "/", answerWithinMs: 5_000 });
    const two = [route("a", 80), route("b", 81)];
    expect([...namedListeners([...two, warm], false)]).toEqual([
      [80, "a/80"],
      [81, "b/81"],
    ]);
    expect([...namedListeners(two, true).keys()]).toEqual([80, 81]);
    expect(namedListeners([route("a", 8080)], true).get(443)).toBe("a/443");
  });

  test("a service's good answers are those of all its listeners, and of no other", () => {
    const counts = new Map([
      ["a/80", 3],
      ["a/8080", 4],
      ["ab/81", 9],
      ["srv0", 50],
    ]);
    expect([goodAnswersOf(counts, "a"), goodAnswersOf(counts, "ab"), goodAnswersOf(counts, "c")]).toEqual([
      7,
      9,
      undefined,
    ]);
  });
});

test("a standby of what the ingress does not lead to is refused", () => {
  const toml = STACK_TOML.replace("[service.database]", "[service.database]\nstandby = true");
  expect(() => desiredOf({ toml, model: stackModel() })).toThrow("database cannot have a standby");
});
