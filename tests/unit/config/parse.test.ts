import { describe, expect, test } from "bun:test";
import { formatFault } from "../../../agent/config/fault.ts";
import { parseConfig } from "../../../agent/config/parse.ts";

/** The faults of a text as a person sees them. */
function told(text: string): string {
  return `\n${parseConfig(text, "soloflow.toml").faults.map(formatFault).join("\n")}\n`;
}

const PROJECT = 'project = "soloflow"\n';

/** What `told` gives for a text without a fault. */
const NOTHING = "\n\n";

describe("what is right", () => {
  test("one line is a whole configuration, and every table has a value", () => {
    expect(parseConfig(PROJECT, "soloflow.toml")).toEqual({
      config: {
        project: "soloflow",
        compose: ["compose.yaml"],
        image: {},
        service: {},
        secret: {},
        ingress: {},
        watchdog: {},
        alerts: {},
        metrics: {},
        rotation: {},
      },
      faults: [],
    });
  });

  test("durations come out in milliseconds and sizes in bytes", () => {
    const text = `${PROJECT}[service.gateway]
build = { context = "gateway", max_size = "500MB" }
ready = { http = ":8080/health", within = "2m" }`;
    const gateway = parseConfig(text, "soloflow.toml").config?.service.gateway;
    expect(gateway?.build?.max_size).toBe(500_000_000);
    expect(gateway?.ready).toEqual({ http: ":8080/health", within: 120_000 });
  });

  test("a file written on Windows, with a byte order mark, is read", () => {
    const text = '\uFEFFproject = "a" # a comment\r\n[watchdog]\r\nfail = 2\r\n';
    expect(parseConfig(text, "soloflow.toml").config?.watchdog.fail).toBe(2);
  });
});

describe("keys", () => {
  test("an unknown key is an error that names the nearest known one, at that key", () => {
    expect(
      told(`projct = "soloflow"\n[service.gateway]\n  bulid = { context = "x" }\n`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:1:1: project is missing; it is a text in quotes
      soloflow.toml:1:1: unknown key "projct" at the top level
        hint: did you mean "project"?
      soloflow.toml:3:3: unknown key "bulid" in [service.gateway]
        hint: did you mean "build"?
      "
    `);
  });

  test("a key that is known elsewhere is sent there", () => {
    expect(
      told(`${PROJECT}[service.gateway]\ndomain = "example.com"\ncompose = "x.yaml"\n`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:1: unknown key "domain" in [service.gateway]
        hint: "domain" belongs in [ingress]
      soloflow.toml:4:1: unknown key "compose" in [service.gateway]
        hint: "compose" belongs at the top level, above the first [table]
      "
    `);
  });

  test("a key like no other gets the list of what is known there", () => {
    expect(told(`${PROJECT}[alerts]\nqwertyuiop = 1\n`)).toContain(
      "hint: known here: slack, webhook, command, dead_man, digest\n",
    );
  });

  test("keys inside inline tables, quoted tables and dotted keys are found where they stand", () => {
    expect(
      told(`${PROJECT}service."my app".build = { context = "x", contxt = "y" }\ningress.doman = "x"\n`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:2:43: unknown key "contxt" in [service."my app".build]
        hint: did you mean "context"?
      soloflow.toml:3:9: unknown key "doman" in [ingress]
        hint: did you mean "domain"?
      "
    `);
  });
});

describe("values", () => {
  test("a value of the wrong type is told in plain words, at the value", () => {
    expect(
      told(`project = 5
compose = true
[service.gateway]
drain = 30
standby = "yes"
ready = "x"
[secret.A]
kind = "extrenal"
for = "gateway"
roles = ["a"]
[ingress]
http_port = 1.5
https_port = 99999
[watchdog]
fail = "3"
every = "0s"
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:1:11: project must be a text in quotes, found a number
        hint: write it in quotes, a duration or size with its unit
      soloflow.toml:2:11: compose must be a text in quotes or a list in [ ], found true
      soloflow.toml:4:9: service.gateway.drain must be a text in quotes, found a number
        hint: write it in quotes, a duration or size with its unit
      soloflow.toml:5:11: service.gateway.standby must be true or false without quotes, found a text
      soloflow.toml:6:9: service.gateway.ready: a probe is one of { http = ":8080/path" }, { tcp = ":5432" } or { exec = ["program", "argument"] }
      soloflow.toml:8:8: secret.A.kind must be "generated", "pepper", "database", "superuser" or "external"
        hint: did you mean "external"?
      soloflow.toml:9:7: secret.A.for must be a list in [ ], found a text
      soloflow.toml:10:9: secret.A.roles must have at least 2 entries
      soloflow.toml:12:13: ingress.http_port must be a whole number without quotes, found a number with a fraction
      soloflow.toml:13:14: ingress.https_port must be at most 65535
      soloflow.toml:15:8: watchdog.fail must be a number without quotes, found a text
      soloflow.toml:16:9: watchdog.every: must be longer than nothing
      "
    `);
  });

  test("durations, sizes, ports, image names, roles and domains must have their form", () => {
    expect(
      told(`project = "Solo Flow"
[service.gateway]
drain = "30"
live = { http = "8080/health" }
ready = { tcp = ":99999" }
build = { context = "x", image = "soloflow/gateway:latest", max_size = "big" }
[secret.lower]
kind = "generated"
for = []
[secret.URL]
kind = "database"
for = ["gateway"]
roles = ["a-b", "c"]
[ingress]
domain = "https://example.com/"
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:1:11: project: a project's name has lower-case letters, digits, - and _
      soloflow.toml:3:9: service.gateway.drain: "30" is not a duration; write for instance "30s", "10m" or "90d"
      soloflow.toml:4:17: service.gateway.live.http: an HTTP probe is written ":PORT/PATH", for instance ":8080/health"
      soloflow.toml:5:17: service.gateway.ready.tcp: a TCP probe is written ":PORT", for instance ":5432"
      soloflow.toml:6:34: service.gateway.build.image: an image's name is lower-case and has no tag, for instance "soloflow/gateway": the agent adds the tags
      soloflow.toml:6:72: service.gateway.build.max_size: "big" is not a size; write for instance "200MB"
      soloflow.toml:7:9: secret.lower: a secret's name is an environment name: capitals, digits and _
      soloflow.toml:13:10: secret.URL.roles[0]: a role's name has lower-case letters, digits and _, at most 63
      soloflow.toml:15:10: ingress.domain: a domain is the bare name in lower case, for instance "example.com": no https://, port or path
      "
    `);
  });

  test("a probe says what is wrong with the form that was meant", () => {
    expect(
      told(`${PROJECT}[service.gateway]
live = { http = ":8080/", tcp = ":8080" }
ready = { http = ":8080/", withn = "2s" }
[service.provider]
live = { }
ready = { exec = "true" }
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:8: service.gateway.live: a probe is one of { http = ":8080/path" }, { tcp = ":5432" } or { exec = ["program", "argument"] }
      soloflow.toml:4:28: unknown key "withn" in [service.gateway.ready]
        hint: did you mean "within"?
      soloflow.toml:6:8: service.provider.live: a probe is one of { http = ":8080/path" }, { tcp = ":5432" } or { exec = ["program", "argument"] }
      soloflow.toml:7:18: service.provider.ready.exec must be a list in [ ], found a text
      "
    `);
  });
});

describe("what is not TOML", () => {
  test("each line that is wrong in itself is told, and the rest is checked all the same", () => {
    expect(
      told(`project = soloflow
[service.gateway
build = { context = "x" }
[service.provider]
live = { http = ":3000/" , }
watch = "restat"
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:1:11: not TOML: unexpected character, expecting string, number, datetime, boolean, inline array or inline table
        hint: a text stands in quotes, for instance project = "value"
      soloflow.toml:2:17: not TOML: unexpected character, expected whitespace, . or ]
      soloflow.toml:5:28: not TOML: trailing commas in inline tables are not permitted
        hint: an inline table stands on one line; a longer one gets a [header] of its own
      soloflow.toml:6:9: service.provider.watch must be "restart" or "report"
        hint: did you mean "restart"?
      "
    `);
  });

  test("a key that is there twice names the first line", () => {
    expect(told(`${PROJECT}[ingress]\nemail = "a"\nemail = "b"\n[ingress]\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:4:1: ingress.email is there twice; first on line 3
        hint: keep one of the two
      soloflow.toml:5:2: ingress is there twice; first on line 2
        hint: keep one of the two
      "
    `);
  });

  test("an open quote is told where it was opened, and ends the reading", () => {
    expect(told(`${PROJECT}compose = """\nx\n[service.gateway]\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:2:11: not TOML: unterminated multi-line string
        hint: close the quote
      "
    `);
  });
});

describe("rules over several keys", () => {
  test("services", () => {
    expect(
      told(`${PROJECT}[service.a]
image = "x"
build = { context = "a" }
paths = ["/"]
deploy = "replace"
standby = true
drain = "5s"
[service.b]
paths = ["/b", "/"]
live = { http = ":80/health" }
ready = { http = ":80/health", within = "5s" }
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:1: service.a has both build and image
        hint: keep build to build the image here, or image to use a finished one
      soloflow.toml:7:1: standby keeps a second one running, which deploy = "replace" does not have
      soloflow.toml:8:1: warning: drain has no effect with deploy = "replace": the old one is stopped first
      soloflow.toml:10:16: the path / goes to service.a already
      soloflow.toml:11:1: warning: live asks the same as ready: an outage of the database would look like a hang of this service
        hint: give live a path that touches nothing else, or leave live out
      "
    `);
  });

  test("secrets", () => {
    expect(
      told(`${PROJECT}[secret.KEY_FILE]
kind = "external"
for = ["a", "a"]
length = 32
[secret.MADE]
kind = "generated"
for = ["a"]
optional = true
service = "database"
[secret.URL]
kind = "database"
for = ["a"]
roles = ["x", "x"]
owner = "x"
url = "postgres://db"
[secret.OTHER_URL]
kind = "database"
for = ["a"]
roles = ["x", "postgres"]
[secret.POSTGRES_PASSWORD]
kind = "superuser"
for = ["pgadmin"]
[secret.SECOND]
kind = "superuser"
for = ["database"]
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:2:9: KEY_FILE is the name of a file; a secret is named without _FILE, which delivery adds
        hint: write [secret.KEY]
      soloflow.toml:4:13: warning: a is named twice
      soloflow.toml:5:1: length does not go with kind = "external": its value is yours
        hint: remove length
      soloflow.toml:9:1: optional does not go with kind = "generated": the agent makes it when it is missing
        hint: remove optional
      soloflow.toml:10:1: service does not go with kind = "generated": it belongs to no PostgreSQL
        hint: remove service
      soloflow.toml:14:1: the two roles take turns, so they must differ
      soloflow.toml:15:1: the role x owns the tables and cannot log in too
        hint: give owner another name
      soloflow.toml:16:1: url lacks {role}
      soloflow.toml:16:1: url lacks {password}
      soloflow.toml:17:9: the role x of database belongs to secret.URL already
      soloflow.toml:20:1: postgres is the superuser; apps get a role of their own
      soloflow.toml:23:1: warning: the superuser's password is not given to database, which needs it for its first start
        hint: add "database" to for
      soloflow.toml:24:9: the superuser of database belongs to secret.POSTGRES_PASSWORD already
      "
    `);
  });

  test("the ingress", () => {
    expect(
      told(`${PROJECT}[ingress]\nemail = "a@example.com"\nimage = "caddy:2"\nbuild = { context = "x" }\n`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:1: warning: email has no effect without a domain
        hint: set domain = "…" here
      soloflow.toml:4:1: ingress has both build and image
        hint: keep build to build the image here, or image to use a finished one
      "
    `);
    expect(told(`${PROJECT}[ingress]\ndomain = "example.com"\nhttp_port = 443\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:2:2: http_port and https_port must differ
      "
    `);
  });

  test("one image has one build", () => {
    expect(
      told(`${PROJECT}[image.base]
context = "images/base"
image = "soloflow/base"
[service.a]
build = { context = "a", image = "soloflow/base" }
[service.b]
build = { context = "shared", image = "soloflow/shared" }
[service.c]
build = { context = "./shared/", image = "soloflow/shared" }
`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:6:26: the image soloflow/base is built from images/base already (image.base.image)
        hint: give each build a name of its own
      "
    `);
  });
});

describe("the watchdog's tables", () => {
  const ALERTED = `${PROJECT}[alerts]\nslack = "HOOK"\n[secret.HOOK]\nkind = "external"\n`;

  test("an alert names a secret that is there, and that the agent gets", () => {
    expect(told(`${ALERTED}for = ["agent"]\n`)).toBe(NOTHING);
    expect(told(`${ALERTED}for = ["web"]\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:1: the secret HOOK is not for the agent, which sends the alerts
        hint: add "agent" to for in [secret.HOOK]
      "
    `);
    expect(
      told(`${PROJECT}[alerts]\nwebhook = { url = "https://example.com/", key = "KEY" }\n`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:43: there is no secret KEY
        hint: write [secret.KEY] with kind = "external" and for = ["agent"]
      "
    `);
    expect(told(`${PROJECT}[alerts]\nslack = "https://example.com/canary"\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:9: alerts.slack: the name of a secret stands here, capitals, digits and _: its value is put in with \`soloflow-agent secrets set\`
      "
    `);
    expect(told(`${PROJECT}[secret.KEY]\nkind = "generated"\nfor = ["agent"]\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:4:8: warning: the agent does nothing with KEY: [alerts] does not name it
      "
    `);
  });

  test("metrics are for this machine only", () => {
    for (const here of ["127.0.0.1:9464", "localhost:1", "[::1]:65535"])
      expect(told(`${PROJECT}[metrics]\nlisten = "${here}"\n`)).toBe(NOTHING);
    for (const open of ["0.0.0.0:9464", "[::]:9464", "127.0.0.1.example.com:9464", "10.0.0.1:9464"])
      expect(told(`${PROJECT}[metrics]\nlisten = "${open}"\n`)).toContain(
        "soloflow.toml:3:1: metrics would be open",
      );
    expect(told(`${PROJECT}[metrics]\nlisten = "9464"\n`)).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:10: metrics.listen: an address with its port, for instance "127.0.0.1:9464"
      "
    `);
  });

  test("numbers that contradict each other, and an alert in clear", () => {
    const text = `${PROJECT}[watchdog]\ndeadline = { min = "400s" }\ndisk = { warn = 3 }\n[alerts]\nwebhook = { url = "http://example.com/", key = "KEY" }\n[secret.KEY]\nkind = "generated"\nfor = ["agent"]\n[service.web]\nanswer_within = "2s"\n`;
    expect(told(text)).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:1: deadline.min is longer than deadline.max
      soloflow.toml:4:1: disk.page must not be above disk.warn
      soloflow.toml:6:13: warning: alerts leave this machine in clear
        hint: use https://
      soloflow.toml:11:1: warning: answer_within has no effect without standby = true: there is nobody else to ask
      "
    `);
  });

  test("lists of pauses and rates come out in milliseconds", () => {
    const text = `${PROJECT}[watchdog]\nbackoff = ["0s", "5s"]\ncircuit = [{ restarts = 2, within = "1m" }]\n[alerts]\ndigest = "07:30"\n`;
    const { config } = parseConfig(text, "soloflow.toml");
    expect(config?.watchdog).toEqual({ backoff: [0, 5_000], circuit: [{ restarts: 2, within: 60_000 }] });
    expect(
      told(`${PROJECT}[watchdog]\ncircuit = [{ restarts = 0, within = "0s" }]\n[alerts]\ndigest = "24:00"\n`),
    ).toMatchInlineSnapshot(`
      "
      soloflow.toml:3:25: watchdog.circuit[0].restarts must be at least 1
      soloflow.toml:3:37: watchdog.circuit[0].within: must be longer than nothing
      soloflow.toml:5:10: alerts.digest: a time of day is written "08:00", from "00:00" to "23:59"
      "
    `);
  });
});
