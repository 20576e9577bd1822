import { afterAll, beforeAll, expect, test } from "bun:test";
import { createHash, randomBytes } from "node:crypto";
import { writeDotenv } from "../../agent/plan/dotenv.ts";
import { binary } from "../support/binary.ts";
import { type AgentRun, type TestProject, testProject, writeApp } from "../support/test-project.ts";

/** Tells a hash of each secret as it has it, in a file or in its environment. */
const APP = `import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
process.on("SIGTERM", () => process.exit(0));
const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const files = readdirSync("/run/secrets").map((name) => [name, hash(readFileSync("/run/secrets/" + name))]);
const env = Object.entries(process.env).filter(([name]) => name.startsWith("ENV_"));
const told = { files: Object.fromEntries(files), env: Object.fromEntries(env.map(([name, text]) => [name, hash(text)])) };
Bun.serve({ port: 8080, hostname: "0.0.0.0", fetch: () => Response.json(told) });
`;

/** By what is odd about it; each is whole, whatever reads it on its way. */
const ODD = {
  LINES: "-----BEGIN KEY-----\nline 2\r\n\n-----END KEY-----\n",
  QUOTES: `it's "quoted" \`twice\` and \\ with \\n`,
  COMMAS: "a,b,,c:d=e;#f",
  DOLLARS: `$HOME \${PATH} $$ $(id) %s !1`,
  UTF8: "\ufeffgrüße, 日本 😀 \u2028 e\u0301",
  BLANKS: " \t blanks at both ends \t ",
  LARGE: "€$".repeat(16_384),
};
const PEPPER = "7: with:colons and blanks 0123456789 ";

let project: TestProject;
beforeAll(async () => {
  project = await testProject();
  const table = (name: string, deliver: string) =>
    `[secret.${name}]\nkind = "external"\nfor = ["app"]\ndeliver = "${deliver}"\n`;
  const tables = Object.keys(ODD).map((name) => table(name, "file") + table(`ENV_${name}`, "env"));
  const pepper = '[secret.PEPPER]\nkind = "pepper"\nfor = ["app"]\naccepts = 2\n';
  writeApp(project, {}, { toml: `${tables.join("")}${pepper}` });
  project.write("app/server.ts", APP);
}, 60_000);
afterAll(() => project?.[Symbol.asyncDispose](), 60_000);

async function given(input: string | Buffer, ...args: string[]): Promise<AgentRun> {
  const child = Bun.spawn([await binary(), ...args], {
    cwd: project.folder,
    env: { ...process.env, ...project.env },
    stdio: [Buffer.from(input), "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
  return { code: await child.exited, stdout, stderr };
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

/** What the app has to tell: the values in files and in its environment, and the text of the pepper. */
function expected(values: Readonly<Record<string, string>>, pepper: string) {
  const entries = Object.entries(values).map(([name, value]) => [name, hash(value)] as const);
  const env = Object.fromEntries(entries.map(([name, value]) => [`ENV_${name}`, value]));
  return { files: { ...Object.fromEntries(entries), ...env, PEPPER: hash(pepper) }, env };
}

async function told(): Promise<unknown> {
  const answer = await fetch(project.url, { keepalive: false, signal: AbortSignal.timeout(10_000) });
  return answer.json();
}

const stored = async (name: string) =>
  (await project.must("secrets", "get", name, "--reveal")).stdout.slice(0, -1);

test("odd values come to the app byte by byte, at a deploy and by a rotation, in files and in its environment", async () => {
  const both = (values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [
      { name, value },
      { name: `ENV_${name}`, value },
    ]);
  const [one, ...others] = both(ODD);
  // One newline at the end of standard input is the editor's.
  expect(await given(`${one?.value}\n`, "secrets", "set", one?.name ?? "")).toMatchObject({ code: 0 });
  project.write("filled.env", writeDotenv([...others, { name: "PEPPER", value: PEPPER }]));
  await project.must("secrets", "import", "filled.env");
  expect((await project.agent("plan")).stdout).toContain(
    "visible: ENV_LINES stands in the environment of app",
  );
  const deployed = await project.must("deploy");
  expect(await told()).toEqual(expected(ODD, await stored("PEPPER")));
  expect(await stored("PEPPER")).toBe(`7:${PEPPER.slice(2).trim()}`);

  const mark = randomBytes(8).toString("hex");
  const next = Object.fromEntries(
    Object.entries(ODD).map(([name, value]) => [
      name,
      name === "LARGE" ? `${mark}${value.slice(8)}` : `${value}${mark}${value}`,
    ]),
  );
  const [first, ...rest] = both(next);
  expect(await given(`${first?.value}\n`, "rotate-secrets", first?.name ?? "")).toMatchObject({ code: 0 });
  const names = rest.map(({ name }) => name);
  expect(await given(writeDotenv(rest), "rotate-secrets", ...names)).toMatchObject({ code: 0 });
  await project.must("rotate-secrets", "PEPPER");
  const pepper = await stored("PEPPER");
  expect(pepper).toMatch(new RegExp(`^8:[^,]+,${RegExp.escape(`7:${PEPPER.slice(2).trim()}`)}$`));
  expect(await told()).toEqual(expected(next, pepper));

  const inspected =
    (await project.inspect("app-blue", "{{json .}}")) + (await project.inspect("app-green", "{{json .}}"));
  for (const text of [inspected, deployed.stdout, deployed.stderr]) expect(text).not.toContain(mark);
  expect((await project.agent("check")).stderr).toContain("ENV_LINES stands in the environment of app");
}, 120_000);

test("what cannot be a secret is refused with the reason before anything changes", async () => {
  const before = [await told(), await project.containers()];
  for (const [value, why] of [
    ["x".repeat(65_537), "is larger than 64 KiB"],
    ["nul\0inside", "contains a NUL byte"],
    [" \n ", "is empty"],
    [Buffer.from([0x67, 0xff, 0x67]), "is not UTF-8"],
  ] as const)
    for (const verb of [["secrets", "set"], ["rotate-secrets"]]) {
      const refused = await given(value, ...verb, "LINES");
      expect([verb[0], refused.code, refused.stderr]).toEqual([verb[0], 2, expect.stringContaining(why)]);
    }
  const lines = "LINES=one\ntwo\nQUOTES=three\n";
  const refused = await given(lines, "rotate-secrets", "LINES", "QUOTES");
  expect([refused.code, refused.stderr]).toEqual([
    2,
    expect.stringContaining("line 2 of the standard input"),
  ]);
  expect([await told(), await project.containers()]).toEqual(before);
}, 60_000);
