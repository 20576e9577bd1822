import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "../../agent/core/command.ts";
import { exec } from "../../agent/host/exec.ts";

const ROOT = join(import.meta.dir, "../..");

/** Those that are made of Debian packages. */
export const STACK_IMAGES = ["base", "bun", "node", "database", "ingress", "adminer"] as const;
export type StackImage = (typeof STACK_IMAGES)[number];

const made = new Map<StackImage, Promise<string>>();

/**
 * Name of an image of the stack that is made of Debian packages (`soloflow/NAME`), built by the agent itself unless
 * there is one of the same inputs. Images stay: the next run wants them.
 */
export function stackImage(name: StackImage): Promise<string> {
  const image = made.get(name) ?? ensure(name);
  made.set(name, image);
  return image;
}

/** One state folder for all tests, so that those that run at the same time wait for each other's build. */
async function ensure(name: StackImage): Promise<string> {
  const image = `soloflow/${name}`;
  const folder = join(tmpdir(), "sft-stack-images");
  const env = { SOLOFLOW_STATE_DIR: join(folder, "state"), SOLOFLOW_RUN_DIR: join(folder, "run") };
  const agent = [process.execPath, "agent/main.ts", "build", image, "--wait", "10m"] as const;
  await run([...agent], { cwd: ROOT, env });
  return image;
}

/** What `docker image inspect` says of an image, in Go's template language. */
export async function inspect(image: string, format: string): Promise<string> {
  return (await run(["docker", "image", "inspect", "-f", format, image])).trim();
}

async function run(argv: [string, ...string[]], where: Omit<Command, "argv"> = {}): Promise<string> {
  const outcome = await exec({ argv, ...where }, { timeoutMs: 900_000 });
  if (outcome.kind !== "ok") throw new Error(`${argv.join(" ")}: ${JSON.stringify(outcome)}`);
  return outcome.stdout;
}
