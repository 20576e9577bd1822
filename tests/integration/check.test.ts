import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { type Fault, formatFault } from "../../agent/config/fault.ts";
import { dockerEngine } from "../../agent/host/docker-engine.ts";
import type { Host } from "../../agent/host/host.ts";
import { systemHost } from "../../agent/host/system-host.ts";
import { checkProject } from "../../agent/run/check.ts";
import { writeLegacyCheckout } from "../support/legacy-checkout.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { tempFolder } from "../support/temp-folder.ts";

// On a busy machine a process or a container may take its time to start.
setDefaultTimeout(60_000);

type Folder = ReturnType<typeof tempFolder>;

/** This machine, with the project's state in the folder. */
function hostIn(folder: Folder, changes: Partial<Host> = {}): Host {
  const host = systemHost();
  const env = {
    ...host.env,
    SOLOFLOW_STATE_DIR: folder.at("state"),
    SOLOFLOW_RUN_DIR: folder.at("run"),
    SOLOFLOW_CACHE: folder.at("cache"),
  };
  return { ...host, env, ...changes };
}

const withoutEngine: Partial<Host> = { engine: dockerEngine(() => "/nonexistent/docker.sock", 0) };
const withoutDocker: Partial<Host> = {
  ...withoutEngine,
  exec: async ({ argv }) => ({ kind: "missing", program: argv[0] }),
};

function projectIn(folder: Folder, { config = 'project = "shop"\n', compose = "services: {}\n" }): string {
  writeFileSync(folder.at("soloflow.toml"), config);
  writeFileSync(folder.at("compose.yaml"), compose);
  return folder.at("soloflow.toml");
}

const byRule = (faults: readonly Fault[]): Record<string, string[]> =>
  Object.groupBy(
    faults.map((fault) => `${fault.rule} ${fault.file}:${fault.line}`),
    (text) => text.split(" ")[0] ?? "",
  ) as never;

describe("a checkout as the first users have it", () => {
  const expected: Record<string, [string, number]> = {
    "secret-in-compose": ["docker-compose.production.yml", 8],
    "port-exposed": ["docker-compose.production.yml", 9],
    "restart-always": ["docker-compose.production.yml", 5],
    "health-start-interval": ["docker-compose.production.yml", 13],
    "build-without-image": ["docker-compose.production.yml", 16],
    "overlap-container-name": ["docker-compose.production.yml", 17],
    "secret-lost": ["docker-compose.production.yml", 21],
    "url-localhost": ["docker-compose.production.yml", 35],
    "secret-fallback": ["docker-compose.production.yml", 36],
    "volume-path": ["docker-compose.production.yml", 49],
    "secret-short": [".env.docker", 2],
    "secret-placeholder": [".env.docker", 3],
    "dockerfile-env-form": ["api-gateway/Dockerfile", 5],
    "dockerfile-env-file": ["api-key-provider/Dockerfile", 3],
    "build-needs-secret": ["api-key-provider/Dockerfile", 4],
    "dockerfile-secret": ["api-key-provider/Dockerfile", 5],
    "next-public": ["api-key-provider/Dockerfile", 11],
    "no-https": ["soloflow.toml", 1],
    "no-liveness": ["soloflow.toml", 4],
  };

  test.each([
    ["with docker", {}],
    ["without docker", withoutDocker],
  ])("has each of its faults named at its line, %s", async (_name, changes) => {
    using folder = tempFolder();
    writeLegacyCheckout(folder.path);
    const faults = byRule(await checkProject(hostIn(folder, changes), folder.at("soloflow.toml")));
    for (const [rule, [file, line]] of Object.entries(expected)) {
      const shown = file === "soloflow.toml" ? folder.at(file) : file;
      expect(faults[rule]).toContain(`${rule} ${shown}:${line}`);
    }
    expect(faults["build-needs-secret"]).toContain("build-needs-secret api-key-provider/lib/mail.ts:3");
    expect(faults["build-needs-secret"]?.join()).not.toContain("node_modules");
  });

  test("is described without a single value", async () => {
    using folder = tempFolder();
    writeLegacyCheckout(folder.path);
    const faults = await checkProject(hostIn(folder), folder.at("soloflow.toml"));
    expect(faults.map(formatFault).join("\n")).not.toContain("canary");
  });

  test("has no lost secret any more once soloflow.toml names the env file", async () => {
    using folder = tempFolder();
    writeLegacyCheckout(folder.path);
    const text = await Bun.file(folder.at("soloflow.toml")).text();
    writeFileSync(folder.at("soloflow.toml"), text.replace("\n", '\nenv_file = ".env.docker"\n'));
    const faults = byRule(await checkProject(hostIn(folder), folder.at("soloflow.toml")));
    expect(faults["secret-lost"]).toBeUndefined();
  });
});

test("the stack that the agent carries lacks nothing but a domain and somebody to tell", async () => {
  using folder = tempFolder();
  const file = new URL("../../soloflow.toml", import.meta.url).pathname;
  const faults = await checkProject(hostIn(folder, withoutDocker), file);
  const ofFiles = faults.filter((fault) => fault.file !== "machine" && fault.rule !== "port-taken");
  expect(ofFiles.map(({ rule }) => rule)).toEqual(["no-https", "nobody-is-told"]);
});

describe("files that cannot be read", () => {
  test("a broken configuration is told with all its faults, and the machine is looked at all the same", async () => {
    using folder = tempFolder();
    const file = projectIn(folder, { config: "projct = 1\nfoo = 2\n" });
    const faults = byRule(await checkProject(hostIn(folder, withoutDocker), file));
    expect(faults.config?.length).toBeGreaterThanOrEqual(3);
    expect(faults["engine-unreachable"]).toHaveLength(1);
  });

  test("a missing compose file is told without guesses about its services", async () => {
    using folder = tempFolder();
    const file = projectIn(folder, {
      config: 'project = "a"\ncompose = "x.yml"\n[service.web]\ndrain = "1s"\n',
    });
    const faults = await checkProject(hostIn(folder), file);
    const about = faults.filter((fault) => fault.rule === "compose" || fault.rule === "unknown-service");
    expect(about.map(formatFault)).toEqual([expect.stringContaining("there is no x.yml")]);
  });

  test("a compose file that is no YAML is told with every place", async () => {
    using folder = tempFolder();
    const file = projectIn(folder, { compose: "services:\n  a: [x\n  b: {\n" });
    const faults = (await checkProject(hostIn(folder), file)).filter(({ rule }) => rule === "compose");
    expect(faults.length).toBeGreaterThan(1);
    expect(faults.every(({ file: name, line }) => name === "compose.yaml" && line !== undefined)).toBe(true);
  });

  test("what Compose itself refuses comes through with file and line, and the rest is checked", async () => {
    using folder = tempFolder();
    const compose = "services:\n  web:\n    image: web\n    restart: always\n    prots: ['80:80']\n";
    const faults = await checkProject(hostIn(folder), projectIn(folder, { compose }));
    expect(faults.filter(({ rule }) => rule === "compose")).toMatchObject([
      {
        severity: "error",
        file: "compose.yaml",
        line: 5,
        column: 5,
        message: expect.stringContaining("prots"),
      },
    ]);
    expect(byRule(faults)["restart-always"]).toEqual(["restart-always compose.yaml:4"]);
  });

  test("a Dockerfile and a context that are not there are told where they are named", async () => {
    using folder = tempFolder();
    mkdirSync(folder.at("there"));
    const file = projectIn(folder, {
      config: 'project = "a"\n[service.web]\nbuild = { context = "gone", image = "a/web" }\n',
      compose: "services:\n  web:\n    image: a/web\n  api:\n    image: a/api\n    build: there\n",
    });
    const faults = byRule(await checkProject(hostIn(folder), file));
    expect(faults.images).toEqual([`images compose.yaml:6`, `images ${file}:3`]);
  });

  test("several compose files are one, and the place is that of the last which says it", async () => {
    using folder = tempFolder();
    const file = projectIn(folder, {
      config: 'project = "a"\ncompose = ["compose.yaml", "more.yaml"]\n',
      compose: "services:\n  web:\n    image: web\n    restart: 'no'\n",
    });
    writeFileSync(folder.at("more.yaml"), "services:\n  web:\n    restart: always\n");
    const faults = byRule(await checkProject(hostIn(folder), file));
    expect(faults["restart-always"]).toEqual(["restart-always more.yaml:3"]);
  });
});

test("a source that reads NAME_FILE is told from one that does not", async () => {
  using folder = tempFolder();
  for (const name of ["reads", "deaf"]) {
    mkdirSync(folder.at(name, "node_modules/x"), { recursive: true });
    writeFileSync(folder.at(name, "Dockerfile"), "FROM x\nUSER 1\n");
    writeFileSync(folder.at(name, "node_modules/x/index.js"), "process.env.KEY_FILE");
  }
  writeFileSync(folder.at("reads/env.ts"), `const path = process.env[\`\${name}_FILE\`];`);
  const service = (name: string) => `  ${name}:\n    image: a/${name}\n    build: ${name}\n`;
  const file = projectIn(folder, {
    config: 'project = "a"\n[secret.KEY]\nkind = "generated"\nfor = ["reads", "deaf"]\n',
    compose: `services:\n${service("reads")}${service("deaf")}`,
  });
  const found = (await checkProject(hostIn(folder), file)).filter(
    ({ rule }) => rule === "secret-file-unread",
  );
  expect(found).toMatchObject([
    { message: "nothing in the sources of deaf reads KEY_FILE, by which KEY is delivered" },
  ]);
});

describe("ports", () => {
  const compose = (port: number) => `services:\n  web:\n    image: web\n    ports: ["${port}:80"]\n`;
  const taken = async (folder: Folder, project: string, port: number, changes: Partial<Host> = {}) => {
    const file = projectIn(folder, { config: `project = "${project}"\n`, compose: compose(port) });
    return (await checkProject(hostIn(folder, changes), file)).filter(({ rule }) => rule === "port-taken");
  };

  test("a port that a process holds is told with its name and id", async () => {
    using folder = tempFolder();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("no port");
      expect(await taken(folder, "sft-free", address.port)).toMatchObject([
        { file: "compose.yaml", line: 4, message: expect.stringContaining(`(pid ${process.pid})`) },
      ]);
    } finally {
      server.close();
    }
  });

  test("a port that another project's container holds is told with both names, one of the same project is not", async () => {
    using folder = tempFolder();
    await using sandbox = makeSandbox();
    const other = `${sandbox.name}-project`;
    const id = await sandbox.run("sleep 300", [
      ...["-p", "127.0.0.1::80", "--name", sandbox.name, "--label", `com.docker.compose.project=${other}`],
    ]);
    const port = (await systemHost().engine.container(id))?.ports[0]?.hostPort ?? 0;
    expect(await taken(folder, "sft-free", port)).toMatchObject([
      { message: expect.stringContaining(`container ${sandbox.name} of project ${other}`) },
    ]);
    expect(await taken(folder, other, port)).toEqual([]);
    expect(await taken(folder, "sft-free", port, withoutEngine)).toEqual([]);
  });
});

test("without an engine all else is checked, and that is said", async () => {
  using folder = tempFolder();
  const compose = "services:\n  web:\n    image: web\n    restart: always\n";
  const faults = byRule(await checkProject(hostIn(folder, withoutEngine), projectIn(folder, { compose })));
  expect(faults["engine-unreachable"]).toEqual(["engine-unreachable machine:undefined"]);
  expect(faults["restart-always"]).toHaveLength(1);
});

test("two state folders of one project are told", async () => {
  using folder = tempFolder();
  const user = folder.at("user/.local/state/soloflow/shop");
  const files = systemHost().files;
  const host = hostIn(folder, {
    ...withoutDocker,
    env: { HOME: folder.at("user") },
    uid: 1000,
    files: {
      ...files,
      stat: async (path) => (path === "/var/lib/soloflow/shop" ? files.stat(folder.path) : files.stat(path)),
    },
  });
  mkdirSync(user, { recursive: true });
  const faults = await checkProject(host, projectIn(folder, {}));
  expect(faults.filter(({ rule }) => rule === "state-folders")).toMatchObject([
    { severity: "warning", message: expect.stringContaining(user) },
  ]);
});

describe("the command", () => {
  async function check(folder: Folder, ...options: string[]) {
    const main = new URL("../../agent/main.ts", import.meta.url).pathname;
    const child = Bun.spawn([process.execPath, main, "check", ...options], {
      cwd: folder.path,
      env: { ...process.env, SOLOFLOW_STATE_DIR: folder.at("state") },
      stdout: "pipe",
      stderr: "pipe",
    });
    const [stdout, stderr] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ]);
    return { code: await child.exited, stdout, stderr };
  }

  test("ends with 0 when there are only warnings, with 2 when there is an error", async () => {
    using folder = tempFolder();
    projectIn(folder, { compose: "services:\n  web:\n    image: web\n    restart: always\n" });
    const warned = await check(folder);
    expect(warned).toMatchObject({ code: 0, stdout: "0 errors, 2 warnings, 1 notice\n" });
    expect(warned.stderr).toContain("compose.yaml:4:5: warning: restart: always");
    projectIn(folder, {
      config: 'project = "shop"\n[service.wbe]\ndrain = "1s"\n',
      compose: "services:\n  web: { image: x }\n",
    });
    const wrong = await check(folder);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(
      "soloflow.toml:2:10: the compose file has no service wbe\n  hint: did you mean",
    );
  });

  test("prints one document with --json", async () => {
    using folder = tempFolder();
    projectIn(folder, {
      config: 'project = "shop"\n[service.wbe]\ndrain = "1s"\n',
      compose: "services:\n  web: { image: x }\n",
    });
    const { code, stdout, stderr } = await check(folder, "--json");
    expect(code).toBe(2);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      faults: expect.arrayContaining([
        {
          severity: "error",
          file: "soloflow.toml",
          line: 2,
          column: 10,
          rule: "unknown-service",
          message: "the compose file has no service wbe",
          hint: 'did you mean "web"?',
        },
      ]),
    });
  });

  test("names init where there is no configuration", async () => {
    using folder = tempFolder();
    const { code, stderr } = await check(folder);
    expect(code).toBe(2);
    expect(stderr).toContain("hint: write one with: soloflow-agent init");
  });
});
