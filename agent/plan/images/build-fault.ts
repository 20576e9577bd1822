import type { BuildFailure } from "./build-output.ts";
import { pullFault } from "./pull-fault.ts";

/**
 * A failed build for a person: image, step, `DOCKERFILE:LINE`, the reason, then the last lines of the step.
 * `dockerfile` as it should be shown.
 */
export function buildFault(
  image: string,
  dockerfile: string,
  failure: BuildFailure,
): { message: string; hint: string } {
  const line = /:(\d+)$/.exec(failure.place ?? "")?.[1];
  const place = line === undefined ? "" : ` (${dockerfile}:${line})`;
  const step = failure.step === undefined ? "" : ` at ${failure.step}`;
  const source = /^(\S+): failed to resolve source metadata/.exec(failure.reason)?.[1];
  const reason =
    source === undefined
      ? failure.reason
      : `cannot pull ${source}: ${failure.reason.split(": ").slice(2).join(": ")}`;
  const lines = failure.lines.map((text) => `  ${text}`);
  return {
    message: [`building ${image} failed${step}${place}: ${reason}`, ...lines].join("\n"),
    hint: hintFor(image, dockerfile, failure, source),
  };
}

function hintFor(
  image: string,
  dockerfile: string,
  { reason, lines }: BuildFailure,
  source: string | undefined,
): string {
  if (source !== undefined) return pullFault(source, reason).hint;
  if (/no space left/i.test(reason + lines.join(" ")))
    return "free some space: `docker system df` shows what images and caches take";
  if (/exit code: 137\b/.test(reason))
    return "137 means killed, mostly for want of memory: stop something else, or give the machine swap";
  if (/buildx component|unknown flag/.test(reason + lines.join(" ")))
    return "Buildx is missing or too old: soloflow-agent setup installs it";
  if (/: not found$/.test(reason)) return "check the path, and whether a .dockerignore leaves it out";
  return `mend ${dockerfile} or what it builds, then: soloflow-agent build ${image}`;
}
