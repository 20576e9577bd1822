import { exec } from "../../../agent/host/exec.ts";
import { waitFor } from "../wait-for.ts";
import { must } from "./must.ts";
import { vpsImage } from "./vps-image.ts";

/** How a command inside ended, with what it printed. */
export type Ran = { code: number; stdout: string; stderr: string };

const RUN = [
  ...["--privileged", "--cgroupns=private", "--tmpfs", "/run:rw,nosuid,nodev,exec,mode=755"],
  ...["--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"],
];

/**
 * A rented server, played by a container: systemd as its first process, an engine of its own when one is installed,
 * power cuts and reboots. `await using server = await Vps.create()` removes it at the end of the scope.
 */
export class Vps implements AsyncDisposable {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  /** A running machine that has booted. `image` defaults to a bare Debian 12. `systemd: false` boots nothing. */
  static async create({ image, systemd = true }: { image?: string; systemd?: boolean } = {}): Promise<Vps> {
    const server = new Vps(`sft-vps-${crypto.randomUUID().slice(0, 8)}`);
    const of = image ?? (await vpsImage());
    const command = systemd ? [] : ["sleep", "infinity"];
    const volume = ["--volume", `${server.name}:/var/lib/docker`];
    await must([
      ...["docker", "run", "--detach", "--name", server.name, "--hostname", "vps"],
      ...[...RUN, ...volume, ...(systemd ? [] : ["--init"]), of, ...command],
    ]);
    if (systemd) await server.#booted();
    return server;
  }

  /** Runs it inside, as root. A command that cannot be started has code 126 or 127. */
  async exec(
    argv: readonly string[],
    options: { timeoutMs?: number; stdin?: string; env?: Readonly<Record<string, string>> } = {},
  ): Promise<Ran> {
    const env = Object.entries(options.env ?? {}).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
    const input = options.stdin === undefined ? [] : ["--interactive"];
    const outcome = await exec(
      {
        argv: ["docker", "exec", ...input, ...env, this.name, ...argv],
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      },
      { timeoutMs: options.timeoutMs ?? 120_000 },
    );
    if (outcome.kind === "missing") throw new Error("there is no docker command");
    if (outcome.kind === "killed") throw new Error(`${argv.join(" ")}: ${outcome.by}\n${outcome.stderr}`);
    const code = outcome.kind === "ok" ? 0 : outcome.code;
    return { code, stdout: outcome.stdout, stderr: outcome.stderr };
  }

  /** Standard output of a command that has to succeed. */
  async must(argv: readonly string[], options: Parameters<Vps["exec"]>[1] = {}): Promise<string> {
    const ran = await this.exec(argv, options);
    if (ran.code !== 0) throw new Error(`${argv.join(" ")}: code ${ran.code}\n${ran.stdout}\n${ran.stderr}`);
    return ran.stdout;
  }

  /** Starts it inside and does not wait for it. */
  async spawn(argv: readonly string[]): Promise<void> {
    await must(["docker", "exec", "--detach", this.name, ...argv]);
  }

  async copyIn(from: string, to: string): Promise<void> {
    await must(["docker", "cp", from, `${this.name}:${to}`]);
  }

  async copyOut(from: string, to: string): Promise<void> {
    await must(["docker", "cp", `${this.name}:${from}`, to]);
  }

  /** Everything stops at once, nothing is told; then the machine boots. `whileOff` sees its disk as it was left. */
  async powerCut(whileOff: () => Promise<void> = async () => {}): Promise<void> {
    await must(["docker", "kill", this.name]);
    await whileOff();
    await must(["docker", "start", this.name]);
    await this.#booted();
  }

  /** An orderly reboot from inside. */
  async reboot(): Promise<void> {
    await this.exec(["systemctl", "reboot"]);
    await must(["docker", "wait", this.name]);
    await must(["docker", "start", this.name]);
    await this.#booted();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await must(["docker", "rm", "--force", "--volumes", this.name]);
    await must(["docker", "volume", "rm", "--force", this.name]);
  }

  /** "degraded" is a machine with a failed unit: it has booted too. */
  async #booted(): Promise<void> {
    await waitFor(
      `${this.name} has booted`,
      async () => {
        const state = await this.exec(["systemctl", "is-system-running", "--wait"]);
        return /^(running|degraded)$/m.test(state.stdout);
      },
      60_000,
    );
  }
}
