import type { Packages } from "./machine.ts";

/** Output of `apt-cache policy NAMES`: what is installed and what could be. */
export function parsePolicy(text: string): { installed: Packages; candidates: Packages } {
  const installed: Record<string, string> = {};
  const candidates: Record<string, string> = {};
  let name = "";
  for (const line of text.split("\n")) {
    const heading = /^(\S+):$/.exec(line)?.[1];
    if (heading !== undefined) name = heading.split(":", 1)[0] ?? heading;
    const [, field, version] = /^ {2}(Installed|Candidate): (\S+)$/.exec(line) ?? [];
    if (version === undefined || version === "(none)") continue;
    if (field === "Installed") installed[name] = version;
    else candidates[name] = version;
  }
  return { installed, candidates };
}
