import { type Instruction, parseDockerfile } from "./dockerfile.ts";

type Arguments = Readonly<Record<string, string>>;
type Stage = { name: string; base: string; uses: string[] };

/**
 * The names outside the Dockerfile that building it (up to `target`, by default the last stage) needs: images
 * and named build contexts, each once, as written after `FROM`, `COPY --from` and `RUN --mount=…,from`, with
 * the global ARGs filled in. Stages that the target does not need are left out, as BuildKit leaves them out.
 */
export function dockerfileReferences(
  text: string,
  { args = {}, target }: { args?: Arguments; target?: string | undefined } = {},
): string[] {
  const stages = readStages(parseDockerfile(text), args);
  const found = new Set<string>();
  const seen = new Set<number>();
  const visit = (index: number): void => {
    const stage = stages[index];
    if (stage === undefined || seen.has(index)) return;
    seen.add(index);
    const refer = (reference: string, earlier: number | undefined) =>
      earlier === undefined ? found.add(reference) : visit(earlier);
    refer(stage.base, stageNamed(stages, stage.base, index));
    for (const reference of stage.uses) refer(reference, stageAt(stages, reference, index));
  };
  const last = stages.length - 1;
  visit(target === undefined ? last : (stageAt(stages, target, stages.length) ?? last));
  found.delete("scratch");
  found.delete("");
  return [...found];
}

/** Index of the last stage of that name before `before`. */
function stageNamed(stages: readonly Stage[], name: string, before: number): number | undefined {
  const index = stages.slice(0, before).findLastIndex((stage) => stage.name === name.toLowerCase());
  return index < 0 ? undefined : index;
}

/** By name or, as `COPY --from` and `--target` allow, by number from 0. */
function stageAt(stages: readonly Stage[], reference: string, before: number): number | undefined {
  const number = /^\d+$/.test(reference) ? Number(reference) : before;
  return number < before ? number : stageNamed(stages, reference, before);
}

function readStages(instructions: readonly Instruction[], args: Arguments): Stage[] {
  const globals: Record<string, string> = {};
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    const stage = stages.at(-1);
    if (instruction.name === "FROM") stages.push(readFrom(instruction, globals));
    else if (stage !== undefined) stage.uses.push(...usesOf(instruction));
    else if (instruction.name === "ARG") declare(instruction.rest, globals, args);
  }
  return stages;
}

function readFrom({ rest }: Instruction, globals: Arguments): Stage {
  const [base = "", as, name = ""] = rest.split(/\s+/);
  return {
    base: expand(base, globals),
    name: as?.toUpperCase() === "AS" ? name.toLowerCase() : "",
    uses: [],
  };
}

function usesOf({ name, flags }: Instruction): string[] {
  if (name === "COPY" || name === "ADD")
    return flags.flatMap((flag) => /^--from=(.+)$/.exec(flag)?.[1] ?? []);
  if (name !== "RUN") return [];
  return flags.flatMap((flag) => /^--mount=(?:.*,)?from=([^,]+)/.exec(flag)?.[1] ?? []).map(unquote);
}

/** `ARG A=1 B="two" C`: a build argument of that name beats the default. */
function declare(rest: string, globals: Record<string, string>, args: Arguments): void {
  for (const [, name = "", value] of rest.matchAll(/([A-Za-z_]\w*)(?:=("[^"]*"|'[^']*'|\S*))?/g)) {
    const given = args[name] ?? (value === undefined ? undefined : expand(unquote(value), globals));
    if (given !== undefined) globals[name] = given;
  }
}

function unquote(text: string): string {
  return /^(["']).*\1$/.test(text) ? text.slice(1, -1) : text;
}

/** `$X`, `${X}`, `${X:-default}`, `${X-default}`, `${X:+other}` and `${X+other}`; what is not set is empty. */
function expand(text: string, values: Arguments): string {
  const variable = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-+])([^}]*))?\})/g;
  return unquote(text).replace(variable, (_, bare, braced, operator = "", word = "") => {
    const value = values[bare ?? braced];
    const isSet = operator.startsWith(":") ? (value ?? "") !== "" : value !== undefined;
    if (operator.endsWith("+")) return isSet ? word : "";
    return isSet ? (value ?? "") : operator === "" ? "" : word;
  });
}
