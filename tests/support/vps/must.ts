import { exec } from "../../../agent/host/exec.ts";

/** Runs it on this machine and gives its standard output; throws with all it printed when it fails. */
export async function must(
  argv: readonly string[],
  options: { cwd?: string; timeoutMs?: number; stdin?: string } = {},
): Promise<string> {
  const { timeoutMs = 120_000, ...rest } = options;
  const [program = "", ...words] = argv;
  const outcome = await exec({ argv: [program, ...words], env: { LC_ALL: "C" }, ...rest }, { timeoutMs });
  if (outcome.kind === "ok") return outcome.stdout;
  const printed = "stdout" in outcome ? `\n${outcome.stdout}\n${outcome.stderr}` : "";
  throw new Error(`${argv.join(" ")}: ${outcome.kind}${printed}`);
}
