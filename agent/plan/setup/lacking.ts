import type { Machine } from "./machine.ts";
import { LEAST, PIECE_NAMES, PIECES, type Piece } from "./requirements.ts";
import { isAtLeast, plainVersion } from "./version.ts";

/** A piece that is missing (no version) or too old. */
export type Lack = { piece: Piece; version: string | undefined };

/** What the machine lacks; nothing about whether the engine runs. */
export function lacking(machine: Pick<Machine, "engine" | "tools">): Lack[] {
  return PIECES.flatMap((piece) => {
    const version = versionOf(machine, piece);
    return isAtLeast(version, LEAST[piece]) ? [] : [{ piece, version }];
  });
}

/** "Docker Compose and Docker Buildx are missing; Docker Engine is 20.10.24, 25.0 is needed". */
export function causeOf(lacks: readonly Lack[]): string {
  const missing = lacks.filter((lack) => lack.version === undefined).map((lack) => PIECE_NAMES[lack.piece]);
  const old = lacks.flatMap(({ piece, version }) =>
    version === undefined
      ? []
      : [`${PIECE_NAMES[piece]} is ${plainVersion(version)}, ${LEAST[piece]} is needed`],
  );
  const causes = missing.length === 0 ? old : [`${listed(missing)} missing`, ...old];
  return causes.length === 0 ? "the Docker engine does not run" : causes.join("; ");
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? `${last} is` : `${names.slice(0, -1).join(", ")} and ${last} are`;
}

/** Version of a piece; undefined when it is not there. */
export function versionOf(machine: Pick<Machine, "engine" | "tools">, piece: Piece): string | undefined {
  if (piece !== "engine") return machine.tools[piece]?.version;
  return "version" in machine.engine ? machine.engine.version : undefined;
}
