import { posix } from "node:path";
import type { Fault } from "../../config/fault.ts";
import type { Instruction } from "../images/dockerfile.ts";
import { finalStages } from "./dockerfile-stages.ts";
import { error, type Place, warning } from "./places.ts";
import type { DockerfileSource, Subject } from "./subject.ts";

/** A COPY with its destination made absolute. */
type Copy = { sources: readonly string[]; to: string; line: number };

/**
 * Next.js' standalone server looks for `public` and `.next/static` beside its server.js and nowhere else: copied
 * elsewhere the site runs, without its pictures or its styles.
 */
export function nextStandalone({ dockerfiles }: Subject): Fault[] {
  return dockerfiles.flatMap((source) => {
    const copies = copiesOf(
      finalStages(source.instructions, source.target).flatMap((stage) => stage.instructions),
    );
    const server = copies.find((copy) =>
      copy.sources.some((from) => /(^|\/)\.next\/standalone\/?$/.test(from)),
    );
    if (server === undefined) return [];
    return [
      ...misplaced(source, copies, server.to, /(^|\/)public\/?$/, "public", "public"),
      ...misplaced(source, copies, server.to, /(^|\/)\.next\/static\/?$/, ".next/static", "static"),
      ...forgotten(source, copies, server),
    ];
  });
}

function misplaced(
  { file }: DockerfileSource,
  copies: readonly Copy[],
  root: string,
  pattern: RegExp,
  folder: string,
  name: string,
): Fault[] {
  return copies.flatMap((copy) => {
    if (!copy.sources.some((from) => pattern.test(from))) return [];
    const inside = posix.relative(root, copy.to);
    const isRight = !inside.startsWith("..") && (inside === folder || inside.endsWith(`/${folder}`));
    if (isRight && !(name === "public" && inside.includes(".next"))) return [];
    const place: Place = { file, line: copy.line };
    return [
      error(`next-${name}`, place, {
        message: `${folder} is copied to ${copy.to}, where the server (${root}) never looks`,
        hint: `copy it to ${posix.join(root, folder)}`,
      }),
    ];
  });
}

function forgotten({ file, context }: DockerfileSource, copies: readonly Copy[], server: Copy): Fault[] {
  const has = (pattern: RegExp): boolean =>
    copies.some((copy) => copy.sources.some((from) => pattern.test(from)));
  const missing = [
    ...(context.names.includes("public") && !has(/(^|\/)public\/?$/) ? ["public"] : []),
    ...(has(/(^|\/)\.next\/static\/?$/) ? [] : [".next/static"]),
  ];
  return missing.map((folder) =>
    warning(
      "next-forgotten",
      { file, line: server.line },
      {
        message: `the standalone server is copied without ${folder}`,
        hint: `COPY --from=… ${folder} to ${posix.join(server.to, folder)}`,
      },
    ),
  );
}

function copiesOf(instructions: readonly Instruction[]): Copy[] {
  let folder = "/";
  return instructions.flatMap((instruction) => {
    if (instruction.name === "WORKDIR") folder = posix.resolve(folder, instruction.rest.trim());
    if (instruction.name !== "COPY" && instruction.name !== "ADD") return [];
    const words = wordsOf(instruction.rest);
    const to = words.at(-1);
    if (to === undefined || words.length < 2) return [];
    return [{ sources: words.slice(0, -1), to: posix.resolve(folder, to), line: instruction.line }];
  });
}

/** Words, or the JSON form. */
function wordsOf(rest: string): string[] {
  if (rest.trimStart().startsWith("[")) {
    try {
      const parsed: unknown = JSON.parse(rest);
      if (Array.isArray(parsed)) return parsed.map(String);
    } catch {
      return [];
    }
  }
  return rest.split(/\s+/).filter((word) => word !== "");
}
