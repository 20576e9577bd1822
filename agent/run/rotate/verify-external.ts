import { SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { systemWeb, type Web } from "../../host/web.ts";
import type { Project } from "../project.ts";

const TIMEOUT_MS = 15_000;
const TRIES = 3;
const PAUSE_MS = 1_000;

/** Blanks at its ends would be dropped on the way: another value would be tried than is used. */
const IN_A_HEADER = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/** undefined: the value is good. `again`: nobody said that it is not. */
type Verdict = { why: string; again: boolean } | undefined;

/**
 * Tries a value as `verify` of soloflow.toml says, before it is used; a vendor that does not answer is asked three
 * times. Errors: SoloflowError "verify". Its text never holds the value.
 */
export async function verifyExternal(
  host: Pick<Host, "exec" | "clock">,
  project: Project,
  name: string,
  value: Secret,
  progress: Progress,
  web: Web = systemWeb,
): Promise<void> {
  const verify = project.config.secret[name]?.verify;
  if (verify === undefined) return;
  const step = progress.step(`trying the new ${name}`);
  for (let tries = 1; ; tries += 1) {
    const verdict =
      "command" in verify
        ? await byCommand(host, project, verify.command, value)
        : await byHttp(web, verify, value);
    if (verdict === undefined) return step.done();
    if (!verdict.again || tries === TRIES) {
      step.fail(verdict.why);
      throw new SoloflowError("verify", `the new ${name} is not used: ${verdict.why}`, {
        hint: verdict.again
          ? "try again later, or remove verify"
          : "look at what the vendor gave you, and at verify",
      });
    }
    await host.clock.sleep(PAUSE_MS);
  }
}

async function byCommand(
  host: Pick<Host, "exec">,
  { root }: Project,
  argv: readonly string[],
  value: Secret,
): Promise<Verdict> {
  const [program = "", ...words] = argv;
  const outcome = await host.exec(
    { argv: [program, ...words], cwd: root, stdin: value.reveal() },
    { timeoutMs: TIMEOUT_MS },
  );
  switch (outcome.kind) {
    case "ok":
      return undefined;
    case "failed":
      return { why: `${program} ended with exit code ${outcome.code}`, again: false };
    case "killed":
      return { why: `${program} took too long`, again: true };
    case "missing":
      return { why: `there is no ${outcome.program}`, again: false };
    default:
      return outcome satisfies never;
  }
}

async function byHttp(
  web: Web,
  { http, header }: { http: string; header: string },
  value: Secret,
): Promise<Verdict> {
  const colon = header.indexOf(":");
  const [key, form] = [header.slice(0, colon), header.slice(colon + 1).trim()];
  if (!IN_A_HEADER.test(value.reveal())) return { why: "no HTTP header can hold it as it is", again: false };
  const headers = { [key]: form.replaceAll("{value}", () => value.reveal()) };
  const answer = await web({ method: "GET", url: http, headers }, { timeoutMs: TIMEOUT_MS });
  if (!answer.answered) return { why: answer.why, again: true };
  if (answer.status >= 200 && answer.status < 300) return undefined;
  const again = answer.status === 429 || answer.status >= 500;
  return { why: `the vendor answers ${answer.status}`, again };
}
