import { SoloflowError } from "../../core/errors.ts";
import { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { firstLines } from "../first-lines.ts";
import { ownProgram } from "../own-program.ts";
import type { SecretReader } from "./alert-secret.ts";

/** Far above what it takes to open the store on a busy machine. */
const TIMEOUT_MS = 20_000;

/**
 * As `secretReader`, by a short-lived process of its own, for one that lives long: whoever opens the store has every
 * value of it in memory until it ends, and this one has nothing but the value that it asked for. Errors: SoloflowError
 * "secrets".
 */
export function apartSecretReader(
  host: Pick<Host, "exec">,
  project: string,
  program: readonly [string, ...string[]] = ownProgram(),
): SecretReader {
  return async (name) => {
    const argv = [...program, "secrets", "get", name, "--reveal", "--json", "--project", project] as const;
    const outcome = await host.exec({ argv: [...argv] }, { timeoutMs: TIMEOUT_MS });
    if (outcome.kind === "ok") return valueIn(outcome.stdout);
    const why = outcome.kind === "failed" ? firstLines(outcome.stderr) : outcome.kind;
    throw new SoloflowError("secrets", `${name} could not be read: ${why}`);
  };
}

function valueIn(document: string): Secret | undefined {
  try {
    const { value } = JSON.parse(document) as { value: unknown };
    return typeof value === "string" ? new Secret(value) : undefined;
  } catch {
    // Without a cause: the parser's own words quote what it read.
    throw new SoloflowError("secrets", "what was read is no document");
  }
}
