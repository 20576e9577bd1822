import { describe, expect, setDefaultTimeout, test } from "bun:test";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import { parseConfig } from "../../agent/config/parse.ts";
import type { Outcome } from "../../agent/core/command.ts";
import type { Container } from "../../agent/core/container.ts";
import { SoloflowError } from "../../agent/core/errors.ts";
import type { Engine } from "../../agent/host/engine.ts";
import { systemFiles } from "../../agent/host/system-files.ts";
import { embeddedStackFiles } from "../../agent/run/embedded-stack.ts";
import { initFrom } from "../../agent/run/init/init-from.ts";
import { initStack } from "../../agent/run/init/init-stack.ts";
import { template } from "../../agent/run/init/template.ts";
import { tempFolder } from "../support/temp-folder.ts";

// On a busy machine a process or many small files may take their time.
setDefaultTimeout(60_000);

const host = { files: systemFiles };
const never = async (files: readonly string[]): Promise<boolean> => {
  throw new Error(`nobody should be asked about ${files}`);
};

test("the configuration that init writes is the repository's own", async () => {
  const own = await readFile(new URL("../../soloflow.toml", import.meta.url), "utf8");
  expect(template).toBe(own);
});

test("every file that the configuration names is in the stack that the agent carries", () => {
  const files = embeddedStackFiles().map((file) => `stack/${file}`);
  const { config } = parseConfig(template, "soloflow.toml");
  if (config === undefined) throw new Error("the template is not right");
  const builds = [...Object.values(config.image), ...Object.values(config.service).map(({ build }) => build)];
  const named = builds.flatMap((build) => [
    ...(build === undefined ? [] : [`${build.context}/Dockerfile`]),
    ...(build?.recipe === undefined ? [] : [build.recipe]),
  ]);
  for (const file of [...config.compose, ...named]) expect(files).toContain(file);
});

describe("init in an empty folder", () => {
  test("writes configuration and stack, and a second one changes nothing", async () => {
    using folder = tempFolder();
    const file = folder.at("soloflow.toml");
    const first = await initStack(host, file, never);
    expect(first.config.state).toBe("written");
    expect(first.stack?.written).toEqual(embeddedStackFiles());
    const second = await initStack(host, file, never);
    expect(second).toMatchObject({ config: { state: "same" }, stack: { written: [], different: [] } });
  });

  test("what was cut off is finished by the next one", async () => {
    using folder = tempFolder();
    const file = folder.at("soloflow.toml");
    await initStack(host, file, never);
    await rm(folder.at("stack/images"), { recursive: true });
    const { stack } = await initStack(host, file, never);
    expect(stack?.written).toEqual(embeddedStackFiles().filter((path) => path.startsWith("images/")));
  });
});

describe("files that are there with another content", () => {
  const changed = "database/Dockerfile";

  async function edited(at: (...names: string[]) => string): Promise<void> {
    await initStack(host, at("soloflow.toml"), never);
    await appendFile(at("stack", changed), "# a change\n");
    await appendFile(at("soloflow.toml"), "# a change\n");
  }

  test("are asked about, and left when the answer is no", async () => {
    using folder = tempFolder();
    await edited(folder.at);
    const asked: string[] = [];
    const result = await initStack(host, folder.at("soloflow.toml"), async (files) => {
      asked.push(...files);
      return false;
    });
    expect(asked).toEqual([folder.at("soloflow.toml"), `stack/${changed}`]);
    expect(result).toMatchObject({ config: { state: "kept" }, stack: { written: [], different: [changed] } });
    expect(await readFile(folder.at("stack", changed), "utf8")).toEndWith("# a change\n");
    expect(await readFile(folder.at("soloflow.toml"), "utf8")).toEndWith("# a change\n");
  });

  test("are replaced when the answer is yes", async () => {
    using folder = tempFolder();
    await edited(folder.at);
    const result = await initStack(host, folder.at("soloflow.toml"), async () => true);
    expect(result).toMatchObject({ config: { state: "replaced" }, stack: { written: [changed] } });
    expect(await readFile(folder.at("soloflow.toml"), "utf8")).toBe(template);
  });

  test("a configuration of another stack gets no files of this one", async () => {
    using folder = tempFolder();
    await writeFile(folder.at("soloflow.toml"), 'project = "shop"\n');
    const result = await initStack(host, folder.at("soloflow.toml"), async () => false);
    expect(result.stack).toBeUndefined();
    expect(await systemFiles.list(folder.path)).toEqual(["soloflow.toml"]);
  });

  test("a folder with somebody's compose file is refused, with the command for it", async () => {
    using folder = tempFolder();
    await writeFile(folder.at("docker-compose.production.yml"), "services: {}\n");
    const thrown = await initStack(host, folder.at("soloflow.toml"), never).catch((error) => error);
    expect(thrown).toBeInstanceOf(SoloflowError);
    expect(thrown.exitCode).toBe(2);
    expect(thrown.hint).toContain("init --from docker-compose.production.yml");
    expect(await systemFiles.list(folder.path)).toEqual(["docker-compose.production.yml"]);
  });
});

describe("init --from", () => {
  const COMPOSE = `services:
  web:
    image: nginx
    ports: ["80:8080"]
    environment: [DB_PASSWORD=canary]
    healthcheck: { test: curl -f http://localhost:8080/up }
`;

  function adapting(docker: Outcome, running: Partial<Container>[] = []) {
    return {
      files: systemFiles,
      env: {},
      exec: async () => docker,
      engine: { containers: async () => running } as unknown as Engine,
    };
  }
  const missing: Outcome = { kind: "missing", program: "docker" };

  test("adapts to a compose file without docker, and leaves it as it is", async () => {
    using folder = tempFolder();
    await writeFile(folder.at("compose.yml"), COMPOSE);
    await writeFile(folder.at(".env.docker"), "DB_PASSWORD=canary\n");
    const result = await initFrom(
      adapting(missing),
      folder.at("soloflow.toml"),
      folder.at("compose.yml"),
      never,
    );
    expect(result).toMatchObject({
      config: { state: "written" },
      services: ["web"],
      secrets: ["DB_PASSWORD"],
    });
    expect(result.notes).toHaveLength(1);
    const text = await readFile(folder.at("soloflow.toml"), "utf8");
    expect(text).not.toContain("canary");
    expect(text).toContain('# env_file = ".env.docker"');
    expect(parseConfig(text, "soloflow.toml")).toMatchObject({
      config: { compose: ["compose.yml"], service: { web: { ready: { http: ":8080/up" } } } },
      faults: [],
    });
    expect(await readFile(folder.at("compose.yml"), "utf8")).toBe(COMPOSE);
  });

  test("takes docker's word for the model, and the name of what runs already for the project", async () => {
    using folder = tempFolder();
    await writeFile(folder.at("compose.yml"), COMPOSE);
    const stdout = JSON.stringify({ name: "folder", services: { api: {} } });
    const labels = {
      "com.docker.compose.project": "live",
      "com.docker.compose.project.config_files": folder.at("compose.yml"),
    };
    const adapted = adapting({ kind: "ok", stdout, stderr: "" }, [{ labels }]);
    const result = await initFrom(adapted, folder.at("soloflow.toml"), folder.at("compose.yml"), never);
    expect(result).toMatchObject({ project: "live", services: ["api"] });
  });

  test("a compose file that is not YAML is refused with its lines", async () => {
    using folder = tempFolder();
    await writeFile(folder.at("compose.yml"), "services:\n  a: [\n");
    const thrown = await initFrom(adapting(missing), "soloflow.toml", folder.at("compose.yml"), never).catch(
      (error) => error,
    );
    expect(thrown.exitCode).toBe(2);
    expect(thrown.message).toMatch(/compose\.yml:\d+:\d+: not YAML: /);
  });

  test("a file that is not there is said so", async () => {
    using folder = tempFolder();
    const thrown = await initFrom(adapting(missing), "soloflow.toml", folder.at("x.yml"), never).catch(
      (e) => e,
    );
    expect(thrown.message).toBe(`there is no ${folder.at("x.yml")}`);
  });
});

describe("the command", () => {
  function init(folder: string, ...options: string[]) {
    const main = new URL("../../agent/main.ts", import.meta.url).pathname;
    return Bun.spawnSync([process.execPath, main, "init", ...options], {
      cwd: folder,
      stdin: "ignore",
      timeout: 60_000,
    });
  }

  test("replaces nothing with --yes, and says what it left; --force replaces", async () => {
    using folder = tempFolder();
    await initStack(host, folder.at("soloflow.toml"), never);
    await appendFile(folder.at("soloflow.toml"), "# a change\n");
    const yes = init(folder.path, "--yes");
    expect(yes.exitCode).toBe(0);
    expect(yes.stderr.toString()).toContain("left as it is (--force replaces it)");
    expect(await readFile(folder.at("soloflow.toml"), "utf8")).toEndWith("# a change\n");
    const forced = init(folder.path, "--force", "--json");
    expect(JSON.parse(forced.stdout.toString())).toMatchObject({ schema: 1, config: { state: "replaced" } });
    expect(await readFile(folder.at("soloflow.toml"), "utf8")).toBe(template);
  });
});
