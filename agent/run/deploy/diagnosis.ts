import type { Container } from "../../core/container.ts";
import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import type { Started } from "./await-start.ts";

const LOG_LINES = 20;

type Failed = Extract<Started, { kind: "failed" }>;

/**
 * Everything a person needs to see why a container did not become ready, as indented lines; no more than the reason
 * when the engine does not answer.
 */
export async function diagnose(host: Host, failed: Failed): Promise<string> {
  const head = `${failed.service}: ${failed.why}`;
  if (failed.container === undefined) return head;
  try {
    return [head, ...(await details(host, failed, failed.container))].join("\n");
  } catch (thrown) {
    return `${head}\n  no more is known: ${reason(thrown)}`;
  }
}

async function details(host: Host, { lastProbe }: Failed, container: Container): Promise<string[]> {
  const lines: string[] = [];
  const now = (await host.engine.container(container.id)) ?? container;
  // Docker forgets the exit code with the next start: what was seen when it was given up counts.
  const fresh =
    container.state === "running" ? now : { ...now, state: container.state, exitCode: container.exitCode };
  lines.push(`  container: ${fresh.name}, ${fresh.state}, restarted ${fresh.restartCount} times`);
  if (fresh.state !== "running") lines.push(`  exit code: ${fresh.exitCode}${exitHint(fresh.exitCode)}`);
  if (fresh.oomKilled) lines.push("  out of memory: it was killed at its memory limit");
  if (lastProbe !== undefined) {
    lines.push(`  last probe: ${lastProbe.answered ? "" : "nobody answered: "}${lastProbe.detail}`);
  }
  if (fresh.health !== undefined && fresh.health.lastOutput !== "") {
    lines.push(`  docker's health check: ${fresh.health.status}: ${fresh.health.lastOutput.trim()}`);
  }
  const logs = (await host.engine.logs(fresh.id, LOG_LINES)).trimEnd();
  lines.push(logs === "" ? "  it has logged nothing" : "  its last log lines:");
  if (logs !== "") lines.push(...logs.split("\n").map((line) => `    ${line}`));
  return lines;
}

/** Codes with a meaning of their own: the shell's for a program that cannot be run, 128 + N for signal N. */
function exitHint(code: number): string {
  if (code === 126) return " (the program cannot be executed)";
  if (code === 127) return " (the program was not found)";
  if (code === 137) return " (killed)";
  if (code === 139) return " (segmentation fault)";
  return "";
}
