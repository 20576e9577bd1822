import { randomBytes } from "node:crypto";
import { exec } from "../../agent/host/exec.ts";
import { tinyImage } from "./tiny-image.ts";

const soon = { timeoutMs: 60_000 };

/**
 * Containers of one test, on the real engine, that are gone with the end of the scope:
 * `await using sandbox = makeSandbox()`. Each carries the label `sft=<name>`; `name` is unique.
 */
export function makeSandbox() {
  const name = `sft-${randomBytes(4).toString("hex")}`;
  const label = `sft=${name}`;
  return {
    name,
    label,
    /** `docker run -d` of the tiny image with these options, running a shell script. Resolves with the id. */
    async run(script: string, options: readonly string[] = []): Promise<string> {
      const image = await tinyImage();
      const labels = ["--label", label];
      return docker("run", "-d", "--init", ...labels, ...options, image, "sh", "-c", script);
    },
    async [Symbol.asyncDispose](): Promise<void> {
      const ids = await docker("ps", "-aq", "--filter", `label=${label}`);
      if (ids !== "") await docker("rm", "-fv", ...ids.split("\n"));
    },
  };
}

/** The docker command's output without its last newline; throws where it fails. */
export async function docker(...args: string[]): Promise<string> {
  const outcome = await exec({ argv: ["docker", ...args] }, soon);
  if (outcome.kind !== "ok") throw new Error(`docker ${args.join(" ")}: ${JSON.stringify(outcome)}`);
  return outcome.stdout.trimEnd();
}
