import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { CliContext } from "../../../agent/cli/context.ts";
import { run } from "../../../agent/cli/setup.ts";
import type { Command, Outcome } from "../../../agent/core/command.ts";
import { type ExitCode, SoloflowError } from "../../../agent/core/errors.ts";
import type { Files } from "../../../agent/host/files.ts";
import { failed, ok } from "../../support/scripted-exec.ts";
import { type ScriptedHost, scriptedHost } from "../../support/scripted-host.ts";

const RELEASES = ["bookworm", "bookworm-updates", "bookworm-security"];
const CANDIDATES: Record<string, Record<string, string>> = {
  own: { "docker.io": "20.10.24", "docker-compose": "1.29.2" },
  next: {
    "docker.io": "26.1.5",
    "docker-cli": "26.1.5",
    "docker-compose": "2.26.1",
    "docker-buildx": "0.13.1",
    containerd: "1.7.24",
  },
};

/** A Debian 12 that exists only as far as setup looks: its files below a folder, its programs as answers. */
export class SetupWorld implements Disposable {
  readonly installed: Record<string, string> = {};
  readonly held = new Set<string>();
  /** Version of the engine that answers. */
  running: string | undefined;
  runningContainers = 0;
  /** What apt says it would do besides, when asked on paper. */
  alsoWould = "";
  uid = 0;
  /** The engine's socket refuses this user. */
  denied = false;
  /** Called before each command; may throw, which is what a killed agent looks like from inside. */
  before: (line: string) => void = () => {};
  readonly commands: string[] = [];
  readonly answers: { question: string; word?: string }[] = [];
  reply = false;
  readonly #host: ScriptedHost = scriptedHost({ uid: 0, env: { PATH: "/usr/bin" } });

  constructor() {
    this.write("/etc/os-release", 'ID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME="Debian 12"\n');
    this.write("/proc/mounts", "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n");
    this.write("/usr/share/keyrings/debian-archive-keyring.gpg", "keys");
    this.write("/etc/ssl/certs/ca-certificates.crt", "certificates");
    this.write("/run/systemd/system/.there", "");
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(this.at(path)), { recursive: true });
    writeFileSync(this.at(path), text);
  }

  at(path: string): string {
    return path.startsWith(this.#host.folder.path) ? path : join(this.#host.folder.at("machine"), path);
  }

  /** `soloflow-agent setup`: its exit code, or the error that the command line would print. */
  async setup(flags: { yes?: boolean; json?: boolean; upgradeEngine?: boolean } = {}): Promise<{
    code: ExitCode;
    printed: string;
    document: Record<string, unknown> | undefined;
    error: SoloflowError | undefined;
  }> {
    const lines: string[] = [];
    let document: Record<string, unknown> | undefined;
    const output = {
      line: (text = "") => void lines.push(text),
      json: (given: object) => {
        document = given as Record<string, unknown>;
      },
    };
    const context = this.#context(flags, output as CliContext["output"]);
    try {
      return { code: await run(context), printed: lines.join("\n"), document, error: undefined };
    } catch (thrown) {
      if (!(thrown instanceof SoloflowError)) throw thrown;
      return { code: thrown.exitCode, printed: lines.join("\n"), document, error: thrown };
    }
  }

  /** What lies in setup's own state and cache. */
  leftovers(): string[] {
    return ["state", "cache"].flatMap((name) => {
      const folder = this.#host.folder.at(name);
      return existsSync(folder) ? readdirSync(folder) : [];
    });
  }

  [Symbol.dispose](): void {
    this.#host[Symbol.dispose]();
  }

  #context(
    flags: { yes?: boolean; json?: boolean; upgradeEngine?: boolean },
    output: CliContext["output"],
  ): CliContext {
    const { yes = false, json = false, ...options } = flags;
    const step = { detail: () => {}, done: () => {}, fail: () => {} };
    const answer = async (question: string, word?: string) => {
      this.answers.push(word === undefined ? { question } : { question, word });
      return yes || this.reply;
    };
    return {
      host: {
        ...this.#host,
        uid: this.uid,
        files: this.#files(),
        exec: async (command) => this.#answer(command),
        engine: { ...this.#host.engine, info: async () => this.#info() },
      },
      args: [],
      options,
      output,
      progress: { step: () => step, say: () => {}, warn: () => {} },
      ask: { confirm: answer, typed: answer, hidden: async () => undefined },
      configFile: "soloflow.toml",
      json,
      yes,
      waitMs: 0,
      signal: new AbortController().signal,
      commands: [],
    };
  }

  /** The machine's own paths lie below the folder; those of setup are there already. */
  #files(): Files {
    const { files } = this.#host;
    const place = (path: unknown) => (typeof path === "string" ? this.at(path) : path);
    return new Proxy(files, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (path: unknown, ...rest: unknown[]) => Reflect.apply(method, target, [place(path), ...rest]);
      },
    });
  }

  #info() {
    if (this.running === undefined || this.denied)
      throw new SoloflowError("no-docker", "the engine does not answer");
    return {
      version: this.running,
      apiVersion: "1.45",
      rootDir: "/var/lib/docker",
      storageDriver: "overlay2",
      cpus: 2,
      memoryBytes: 1,
      systemTime: "",
    };
  }

  #answer({ argv }: Command): Outcome {
    const words = argv.filter((word, at) => !word.startsWith("-") && argv[at - 1] !== "-o");
    const line = words.join(" ");
    const simulated = argv.includes("--simulate");
    this.commands.push(simulated ? `${line} (on paper)` : line);
    if (!simulated) this.before(line);
    const [program, verb = ""] = words;
    const handler = this.#programs[program ?? ""];
    if (handler === undefined) throw new Error(`unexpected program: ${argv.join(" ")}`);
    return handler(verb, words.slice(2), argv);
  }

  readonly #programs: Record<string, (verb: string, words: string[], argv: readonly string[]) => Outcome> = {
    getconf: () => ok("glibc 2.36\n"),
    docker: (verb) => this.#docker(verb),
    dockerd: () =>
      this.installed["docker.io"] === undefined
        ? { kind: "missing", program: "dockerd" }
        : ok(`Docker version ${this.installed["docker.io"]}, build 1\n`),
    dpkg: () => ok(),
    "apt-mark": (_, names) => {
      for (const name of names) this.held.add(name);
      return ok();
    },
    "apt-get": (verb, names, argv) => this.#aptGet(verb, names, argv),
    "apt-cache": (_verb, names, argv) => ok(this.#policy(names, argv)),
    systemctl: (verb) => {
      if (verb !== "enable") this.running = this.installed["docker.io"];
      return ok();
    },
    sh: () => {
      this.running = this.installed["docker.io"];
      return ok();
    },
  };

  #docker(verb: string): Outcome {
    const cli = this.installed["docker-cli"] ?? this.installed["docker.io"];
    if (cli === undefined) return { kind: "missing", program: "docker" };
    if (verb === "ps") return ok("id\n".repeat(this.runningContainers));
    if (verb === "version") {
      if (this.denied)
        return failed(
          1,
          "permission denied while trying to connect",
          JSON.stringify({ Client: { Version: cli } }),
        );
      const server = this.running === undefined ? null : { Version: this.running };
      const text = JSON.stringify({ Client: { Version: cli }, Server: server });
      return server === null ? failed(1, "Cannot connect to the Docker daemon", text) : ok(text);
    }
    const version = this.installed[`docker-${verb}`];
    return version === undefined || version.startsWith("1.")
      ? failed(1, "not a docker command")
      : ok(version);
  }

  #aptGet(verb: string, names: string[], argv: readonly string[]): Outcome {
    if (verb === "indextargets")
      return ok(RELEASES.map((release) => `Debian|${release}|main|http://mirror.test/debian/`).join("\n"));
    if (verb !== "install") return ok("apt 2.6.1");
    if (argv.includes("--simulate"))
      return ok(`${names.map((name) => `Inst ${name} (1 Debian)`).join("\n")}\n${this.alsoWould}`);
    const from = this.#candidates(argv);
    for (const name of names) this.installed[name] = from[name] ?? "1";
    return ok();
  }

  #policy(names: readonly string[], argv: readonly string[]): string {
    const from = this.#candidates(argv);
    return names
      .map((name) => {
        const installed = this.installed[name];
        return `${name}:\n  Installed: ${installed ?? "(none)"}\n  Candidate: ${from[name] ?? installed ?? "(none)"}\n`;
      })
      .join("");
  }

  #candidates(argv: readonly string[]): Record<string, string> {
    return CANDIDATES[argv.some((word) => word.includes("next.list")) ? "next" : "own"] ?? {};
  }
}
