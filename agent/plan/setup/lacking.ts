import type { Machine } from "./machine.ts";
import { LEAST, PIECE_NAMES, PIECES, type Piece } from "./requirements.ts";
import { isAtLeast, plainVersion } from "./version.ts";

/** A piece that is missing or too old. */
export type Lack = { piece: Piece; cause: string };

/** What the machine lacks, each with its cause; nothing about whether the engine runs. */
export function lacking(machine: Pick<Machine, "engine" | "tools">): Lack[] {
  return PIECES.flatMap((piece) => {
    const version = versionOf(machine, piece);
    if (version === undefined) return [{ piece, cause: `${PIECE_NAMES[piece]} is not installed` }];
    if (isAtLeast(version, LEAST[piece])) return [];
    return [{ piece, cause: `${PIECE_NAMES[piece]} is ${plainVersion(version)}, ${LEAST[piece]} is needed` }];
  });
}

/** Version of a piece; undefined when it is not there. */
export function versionOf(machine: Pick<Machine, "engine" | "tools">, piece: Piece): string | undefined {
  if (piece !== "engine") return machine.tools[piece]?.version;
  return "version" in machine.engine ? machine.engine.version : undefined;
}
