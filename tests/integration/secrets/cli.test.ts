import { expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { tempFolder } from "../../support/temp-folder.ts";
import { waitFor } from "../../support/wait-for.ts";

const MAIN = resolve(import.meta.dir, "../../../agent/main.ts");

const TOML = `project = "sft-cli"
[secret.API_KEY_PEPPER]
kind = "pepper"
for = ["gateway"]
[secret.DATABASE_URL]
kind = "database"
for = ["gateway"]
[secret.STRIPE_SECRET_KEY]
kind = "external"
for = ["provider"]
optional = true
[secret.SIGNING_KEY]
kind = "external"
for = ["provider"]
`;

type Run = { code: number; stdout: string; stderr: string };

/** A folder with a soloflow.toml, and the agent that runs in it. */
function shop() {
  const folder = tempFolder();
  const run = mkdtempSync("/dev/shm/sft-");
  writeFileSync(folder.at("soloflow.toml"), TOML);
  const env = {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    SOLOFLOW_STATE_DIR: folder.at("state"),
    SOLOFLOW_RUN_DIR: run,
    NO_COLOR: "1",
  };
  const secrets = async (words: readonly string[], stdin: Buffer | string = ""): Promise<Run> => {
    const child = Bun.spawn([process.execPath, MAIN, "secrets", ...words], {
      cwd: folder.path,
      env,
      stdio: [Buffer.from(stdin as string), "pipe", "pipe"],
    });
    const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text()]);
    return { code: await child.exited, stdout, stderr };
  };
  /** Types the answer at the first question of a real terminal. */
  const typed = async (
    words: readonly string[],
    answer: string,
  ): Promise<{ code: number; screen: string }> => {
    let screen = "";
    let asked = false;
    const data = (terminal: Bun.Terminal, chunk: Uint8Array) => {
      screen += Buffer.from(chunk).toString();
      if (asked || !screen.includes(": ")) return;
      asked = true;
      terminal.write(answer);
    };
    const child = Bun.spawn([process.execPath, MAIN, "secrets", ...words], {
      cwd: folder.path,
      env,
      terminal: { cols: 200, rows: 24, data },
    });
    const code = await child.exited;
    await waitFor("the terminal's end", () => screen.endsWith("\n"));
    return { code, screen };
  };
  const dispose = () => {
    folder[Symbol.dispose]();
    rmSync(run, { recursive: true, force: true });
  };
  return { folder, secrets, typed, state: folder.at("state/sft-cli"), [Symbol.dispose]: dispose };
}

test("a value that is set by standard input comes back, less one newline at its end", async () => {
  using world = shop();
  const key = "-----BEGIN KEY-----\nq8Zr1LxTnE5v\n-----END KEY-----\n";
  expect(await world.secrets(["set", "SIGNING_KEY"], `${key}\n`)).toMatchObject({ code: 0, stdout: "" });
  expect(await world.secrets(["get", "SIGNING_KEY", "--reveal"])).toMatchObject({
    code: 0,
    stdout: `${key}\n`,
  });
  const again = await world.secrets(["set", "SIGNING_KEY"], key);
  expect(again.stderr).toContain("SIGNING_KEY is stored");
  expect((await world.secrets(["set", "SIGNING_KEY"], `${key}`)).stderr).toContain("has this value already");
}, 30_000);

test("who set, made, took over and sealed is in the audit log, once each and without a value", async () => {
  using world = shop();
  const value = "q8Zr1LxTnE5vW0yK";
  await world.secrets(["set", "SIGNING_KEY"], value);
  await world.secrets(["set", "SIGNING_KEY"], value);
  await world.secrets(["set", "API_KEY_PEPPER", "--generate"]);
  writeFileSync(world.folder.at(".env"), `STRIPE_SECRET_KEY=${value}\nSIGNING_KEY=${value}\n`, {
    mode: 0o600,
  });
  await world.secrets(["import", ".env"]);
  await world.secrets(["rekey"]);
  const log = readFileSync(join(world.state, "audit.jsonl"), "utf8");
  const lines = log.trim().split("\n");
  expect(lines.map((line) => JSON.parse(line)).map(({ what, secret }) => [what, secret])).toEqual([
    ["set", "SIGNING_KEY"],
    ["generated", "API_KEY_PEPPER"],
    ["imported", "STRIPE_SECRET_KEY"],
    ["sealed to a new key", "*"],
  ]);
  expect(log).not.toContain(value);
}, 60_000);

test("a value that is typed at a terminal is not shown, one that is asked for there is", async () => {
  using world = shop();
  const set = await world.typed(["set", "SIGNING_KEY"], "q8Zr1LxTnE5vW0yK\r");
  expect([set.code, set.screen]).toEqual([0, expect.stringContaining("SIGNING_KEY is stored")]);
  expect(set.screen).toStartWith("value of SIGNING_KEY: ");
  expect(set.screen).not.toContain("q8Zr1");
  const get = await world.typed(["get", "SIGNING_KEY"], "");
  expect(get).toEqual({ code: 0, screen: "q8Zr1LxTnE5vW0yK\r\n" });
  const cancelled = await world.typed(["set", "SIGNING_KEY"], "abc\u0003");
  expect([cancelled.code, cancelled.screen]).toEqual([
    2,
    expect.stringContaining("no value for SIGNING_KEY"),
  ]);
}, 30_000);

test("an input that is no text, or far too much, is refused", async () => {
  using world = shop();
  const inputs: [Buffer | string, string][] = [
    [Buffer.of(0xff, 0xfe), "the standard input is not UTF-8"],
    [Buffer.alloc(1024 * 1024 + 1, "a"), "the standard input is larger than 1 MiB"],
    ["ab".repeat(40_000), "SIGNING_KEY is larger than 64 KiB"],
  ];
  for (const [input, message] of inputs) {
    const run = await world.secrets(["set", "SIGNING_KEY"], input);
    expect([run.code, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  }
}, 30_000);

test("values go nowhere but to a terminal unless that is meant", async () => {
  using world = shop();
  await world.secrets(["set", "SIGNING_KEY"], "q8Zr1LxTnE5vW0yK");
  for (const words of [["get", "SIGNING_KEY"], ["export"], ["get", "SIGNING_KEY", "--json"]]) {
    const run = await world.secrets(words);
    expect([run.code, run.stdout]).toEqual([2, ""]);
    expect(run.stderr).toContain("add --reveal");
    expect(run.stderr).not.toContain("q8Zr1LxTnE5vW0yK");
  }
  expect((await world.secrets(["export", "--reveal"])).stdout).toBe("SIGNING_KEY=q8Zr1LxTnE5vW0yK\n");
}, 30_000);

test("an env file is imported, what cannot be taken is named, and no value is printed", async () => {
  using world = shop();
  const env = `# the old deployment
export API_KEY_PEPPER='Kf83nd73Hs72nd8sJd72ndks8Hd7-canary'
DATABASE_URL="postgres://shop:Jd72ndks8Hd7canary@db:5432/shop"
STRIPE_SECRET_KEY=
SIGNING_KEY=changeme-canary
NODE_ENV=production-canary
NODE_ENV=production-canary
`;
  writeFileSync(world.folder.at(".env.docker"), env);
  chmodSync(world.folder.at(".env.docker"), 0o644);
  const run = await world.secrets(["import", ".env.docker"]);
  expect(run.code).toBe(1);
  expect(run.stdout).toBe(`API_KEY_PEPPER: taken
DATABASE_URL: taken
  warning: it has another address or database than its url in soloflow.toml, which is what the app gets
  warning: it logs in as "shop", which is none of its two roles: the agent leaves that role alone
NODE_ENV: left out, it is not in soloflow.toml
SIGNING_KEY: refused, it is a placeholder
  hint: add --accept-weak where it is the value in use
STRIPE_SECRET_KEY: left out, it is empty
`);
  expect(run.stderr).toContain(".env.docker:7: NODE_ENV stands in line 6 too; this one counts");
  expect(run.stderr).toContain(".env.docker can be read by other users of this machine");
  expect(run.stdout + run.stderr).not.toContain("canary");
  const weak = await world.secrets(["import", ".env.docker", "--accept-weak"]);
  expect([weak.code, weak.stdout]).toEqual([0, expect.stringContaining("SIGNING_KEY: taken")]);
  expect(weak.stderr).toContain("delete the file");
}, 30_000);

test("what is exported can be imported into another store", async () => {
  using first = shop();
  using second = shop();
  await first.secrets(["set", "SIGNING_KEY"], 'it\'s $5 "quoted"\nand more');
  await first.secrets(["set", "API_KEY_PEPPER", "--generate"]);
  await first.secrets(["set", "DATABASE_URL", "--generate"]);
  const file = second.folder.at("secrets.env");
  expect((await first.secrets(["export", file])).code).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await first.secrets(["export", file])).stderr).toContain("is there already and is not overwritten");
  expect((await second.secrets(["import", file])).code).toBe(0);
  const [left, right] = [
    await first.secrets(["export", "--reveal"]),
    await second.secrets(["export", "--reveal"]),
  ];
  expect(right.stdout.split("\n").sort()).toEqual(left.stdout.split("\n").sort());
}, 60_000);

test("the list as JSON has a fingerprint for each value and says what is missing", async () => {
  using world = shop();
  await world.secrets(["set", "SIGNING_KEY"], "q8Zr1LxTnE5vW0yK");
  const run = await world.secrets(["list", "--json"]);
  expect(run.stderr).toBe("");
  expect(JSON.parse(run.stdout)).toMatchObject({
    schema: 1,
    project: "sft-cli",
    storeVersion: 1,
    secrets: [
      { name: "API_KEY_PEPPER", kind: "pepper", for: ["gateway"], state: "missing", version: null },
      { name: "DATABASE_URL", state: "missing" },
      { name: "STRIPE_SECRET_KEY", state: "optional", fingerprint: null },
      {
        name: "SIGNING_KEY",
        state: "set",
        version: 1,
        accepted: [1],
        ageMs: expect.any(Number),
        fingerprint: expect.stringMatching(/^[0-9a-f]{12}$/),
      },
    ],
  });
}, 30_000);

test("what does not exist, does not fit or is not meant ends with 2 and a hint", async () => {
  using world = shop();
  const runs: [string[], string, string][] = [
    [["lst"], "", 'unknown action "lst"; did you mean "list"?'],
    [["set"], "", "it is written: soloflow-agent secrets set NAME"],
    [["set", "SIGNING_KEI"], "q8Zr1LxTnE5vW0yK", "did you mean SIGNING_KEY?"],
    [["set", "SIGNING_KEY"], "", "no value for SIGNING_KEY was given"],
    [["set", "SIGNING_KEY"], "xxxx", "SIGNING_KEY is a placeholder"],
    [["set", "SIGNING_KEY", "--generate"], "", "is yours to give"],
    [["import", "missing.env"], "", "there is no missing.env"],
    [["get", "SIGNING_KEY", "--reveal"], "", "there is no value for SIGNING_KEY"],
  ];
  for (const [words, stdin, message] of runs) {
    const run = await world.secrets(words, stdin);
    expect([words, run.stdout, run.stderr]).toEqual([words, "", expect.stringContaining(message)]);
    expect(run.stderr).toContain("hint: ");
    expect(run.code).toBe(words[0] === "get" ? 1 : 2);
  }
}, 60_000);

test("a lost identity is a named error, and the recovery key brings the secrets back", async () => {
  using world = shop();
  const made = await world.secrets(["set", "SIGNING_KEY"], "q8Zr1LxTnE5vW0yK");
  const key = /AGE-SECRET-KEY-1[A-Z0-9]+/.exec(made.stderr)?.[0] ?? "";
  expect((await world.secrets(["recover"])).stderr).toContain("there is nothing to recover");
  rmSync(join(world.state, "secrets/identity"));
  const broken = await world.secrets(["list"]);
  expect([broken.code, broken.stdout]).toEqual([1, ""]);
  expect(broken.stderr).toContain("use the recovery key: soloflow-agent secrets recover");
  expect((await world.secrets(["recover", "--yes"], "AGE-SECRET-KEY-1WRONG\n")).code).toBe(2);
  expect((await world.secrets(["recover"], `${key}\n`)).stderr).toContain("nothing was changed");
  const recovered = await world.secrets(["recover", "--yes"], `${key}\n`);
  expect([recovered.code, recovered.stderr]).toEqual([
    0,
    expect.stringContaining("the secrets are version 2 now"),
  ]);
  expect((await world.secrets(["get", "SIGNING_KEY", "--reveal"])).stdout).toBe("q8Zr1LxTnE5vW0yK\n");
}, 60_000);

test("no value is found in clear in any file, argument or environment that the agent leaves", async () => {
  using world = shop();
  const values = ["canary-Kf83nd73Hs72nd8sJd72ndks8Hd7", "canaryJd72ndks8Hd7", "canary\nsecond line"];
  writeFileSync(
    world.folder.at("in.env"),
    `API_KEY_PEPPER=${values[0]}\nDATABASE_URL=postgres://sft-cli_a:${values[1]}@database:5432/sft-cli\n`,
  );
  const runs = [
    await world.secrets(["import", "in.env"]),
    await world.secrets(["set", "SIGNING_KEY"], values[2]),
    await world.secrets(["list"]),
    await world.secrets(["list", "--json", "--debug"]),
    await world.secrets(["set", "API_KEY_PEPPER", "--debug"], `${values[0]}-other`),
  ];
  rmSync(world.folder.at("in.env"));
  expect(runs.map((run) => run.code)).toEqual([0, 0, 0, 0, 2]);
  for (const run of runs) expect(run.stdout + run.stderr).not.toContain("canary");
  const files = readdirSync(world.folder.path, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  expect(files.length).toBeGreaterThan(6);
  for (const file of files) {
    const found = readFileSync(join(file.parentPath, file.name), "latin1").includes("canary");
    expect([file.name, found]).toEqual([file.name, false]);
  }
  expect(existsSync(join(world.state, "state.db"))).toBe(true);
}, 60_000);
