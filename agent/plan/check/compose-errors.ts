import type { Fault } from "../../config/fault.ts";
import type { YamlPath } from "./compose-source.ts";
import { error, inCompose, type Place } from "./places.ts";
import type { Subject } from "./subject.ts";

type Sources = Pick<Subject, "compose">;

/** What `docker compose config` says of the files, in its own words, at the place that it means. */
export function composeErrors(printed: string, sources: Sources): Fault[] {
  const lines = printed
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^time="[^"]*" level=/.test(line));
  const text = lines
    .join(" ")
    .replace(/\s+/g, " ")
    .replace(/^decoding failed due to the following error\(s\): /, "")
    .replace(/^validating \S+: /, "")
    .replace(/: invalid compose project$/, "");
  if (text === "") return [];
  return [
    error("compose", placeOf(text, sources), { message: `docker compose: ${text}`, hint: hintFor(text) }),
  ];
}

function placeOf(text: string, sources: Sources): Place {
  const line = /\bline (\d+)/.exec(text)?.[1];
  const file = sources.compose.at(-1)?.file ?? "compose.yaml";
  if (line !== undefined) return { file, line: Number(line), column: 1 };
  return inCompose(sources, pathIn(text));
}

/** The keys that a message speaks of: `services.a.ports.[0]`, `'services[a].mem_limit'`, `service "a" …`. */
function pathIn(text: string): YamlPath {
  const extra = /Additional property (\S+) is not allowed/.exec(text)?.[1];
  const dotted = /\b(services|volumes|networks|configs|secrets)[.[][^\s':]*/.exec(text)?.[0];
  if (dotted !== undefined) {
    const parts = dotted
      .replace(/\.$/, "")
      .split(/[.[\]]+/)
      .filter((part) => part !== "");
    return [
      ...parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part)),
      ...(extra === undefined ? [] : [extra]),
    ];
  }
  const service = /service "([^"]+)"/.exec(text)?.[1];
  if (service === undefined) return extra === undefined ? [] : [extra];
  return ["services", service, ...keyIn(text)];
}

function keyIn(text: string): string[] {
  if (/depends on/.test(text)) return ["depends_on"];
  if (/undefined volume/.test(text)) return ["volumes"];
  return /undefined network/.test(text) ? ["networks"] : [];
}

function hintFor(text: string): string | undefined {
  if (/is missing a value/.test(text))
    return "set it in the env file that env_file in soloflow.toml names, or in .env";
  if (/env file .* not found/.test(text))
    return "make the file, or mark it: env_file: [{ path: …, required: false }]";
  return undefined;
}
