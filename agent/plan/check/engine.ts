import type { Fault } from "../../config/fault.ts";
import { LEAST, PIECE_NAMES } from "../setup/requirements.ts";
import { isAtLeast, plainVersion } from "../setup/version.ts";
import { error, MACHINE } from "./places.ts";
import type { Subject } from "./subject.ts";

const HINT = "soloflow-agent setup brings it";

/** Docker itself: there, answering, and recent enough. */
export function engine({
  machine,
}: {
  machine: Pick<Subject["machine"], "engine" | "engineError" | "tools">;
}): Fault[] {
  const found: Fault[] = [];
  if (machine.engine === undefined) {
    found.push(
      error("engine-unreachable", MACHINE, {
        message: `${machine.engineError ?? "the engine does not answer"}; what only it knows was not checked`,
        hint: "soloflow-agent setup starts it, or installs it",
      }),
    );
  } else if (!isAtLeast(machine.engine.version, LEAST.engine)) {
    found.push(tooOld("engine", machine.engine.version));
  }
  for (const piece of ["cli", "compose", "buildx"] as const) {
    const version = machine.tools[piece];
    if (version === undefined) {
      found.push(
        error(`${piece}-missing`, MACHINE, {
          message: `there is no ${PIECE_NAMES[piece].replace(/^the /, "")}`,
          hint: HINT,
        }),
      );
    } else if (!isAtLeast(version, LEAST[piece])) found.push(tooOld(piece, version));
  }
  return found;
}

function tooOld(piece: keyof typeof LEAST, version: string): Fault {
  return error(`${piece}-old`, MACHINE, {
    message: `${PIECE_NAMES[piece]} is ${plainVersion(version)}, ${LEAST[piece]} is needed`,
    hint: HINT,
  });
}
