import { causeOf, type Lack } from "./lacking.ts";
import type { Machine } from "./machine.ts";
import { PIECE_NAMES } from "./requirements.ts";
import type { SetupPlan } from "./setup-plan.ts";

/** Where a distribution's packages put what they carry. */
const OF_PACKAGES = /^\/(usr\/)?(s?bin|lib|libexec)\//;

/**
 * A program that is too old and lies where no package put it would still be found first after an installation:
 * it is a person's to move away.
 */
export function shadowedBy(machine: Machine, lacks: readonly Lack[]): SetupPlan | undefined {
  for (const lack of lacks) {
    const { piece } = lack;
    const path = piece === "engine" ? undefined : machine.tools[piece]?.path;
    if (path === undefined || OF_PACKAGES.test(path)) continue;
    return {
      kind: "manual",
      cause: `${causeOf([lack])}, and ${path} comes before what a package would bring`,
      commands: [`mv ${path} ${path}.old`, `soloflow-agent setup    # installs ${PIECE_NAMES[piece]}`],
    };
  }
  return undefined;
}
