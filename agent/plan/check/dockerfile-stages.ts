import type { Instruction } from "../images/dockerfile.ts";

export type Stage = {
  name: string | undefined;
  base: string;
  /** Without its FROM. */
  instructions: readonly Instruction[];
};

/** The stages of a Dockerfile in order; what stands before the first FROM is in none. */
export function stagesOf(instructions: readonly Instruction[]): Stage[] {
  const stages: (Stage & { instructions: Instruction[] })[] = [];
  for (const instruction of instructions) {
    if (instruction.name === "FROM") {
      const [base = "", as, name] = instruction.rest.split(/\s+/);
      stages.push({
        base,
        name: as?.toUpperCase() === "AS" ? name?.toLowerCase() : undefined,
        instructions: [],
      });
    } else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** The stage that becomes the image, after the stages of this file that it is built FROM, first one first. */
export function finalStages(instructions: readonly Instruction[], target: string | undefined): Stage[] {
  const stages = stagesOf(instructions);
  const wanted = target?.toLowerCase();
  const index = wanted === undefined ? stages.length - 1 : stages.findIndex((stage) => stage.name === wanted);
  const chain: Stage[] = [];
  let at = index === -1 ? stages.length - 1 : index;
  for (let stage = stages[at]; stage !== undefined; stage = stages[at]) {
    chain.unshift(stage);
    const base = stage.base.toLowerCase();
    const earlier = stages.slice(0, at).findLastIndex((one) => one.name === base);
    at = earlier;
  }
  return chain;
}

/** `NAME=value` pairs of an ENV or ARG, quotes removed; a bare ARG has no value. */
export function assignmentsOf({ name, rest }: Instruction): { name: string; value: string | undefined }[] {
  const old = name === "ENV" ? oldForm(rest) : undefined;
  if (old !== undefined) return [old];
  const pairs = rest.matchAll(/([A-Za-z_][\w.-]*)(?:=("(?:\\.|[^"\\])*"|'[^']*'|(?:\\.|[^\s\\])*))?/g);
  return [...pairs].map(([, key = "", value]) => ({
    name: key,
    value: value === undefined ? undefined : value.replace(/^(["'])(.*)\1$/s, "$2"),
  }));
}

/** `ENV name value`, the old form, which takes the rest of the line as one value. */
export function oldForm(rest: string): { name: string; value: string } | undefined {
  const match = /^([A-Za-z_][\w.-]*)\s+(.+)$/s.exec(rest);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { name: match[1], value: match[2] };
}
