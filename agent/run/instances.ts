import { EXIT, SoloflowError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Host } from "../host/host.ts";
import type { DeployedUnit } from "../plan/deployed.ts";
import { readModel } from "./deploy/model-file.ts";
import type { KnownProject } from "./known-project.ts";

/**
 * The deployed services with these names, all of them for none.
 * Errors: SoloflowError (exit 2) before the first deploy and for an unknown name.
 */
export async function deployedUnits(
  host: Pick<Host, "files">,
  project: KnownProject,
  names: readonly string[],
): Promise<DeployedUnit[]> {
  const units = (await readModel(host, project))?.["x-soloflow"].units;
  if (units === undefined) {
    throw new SoloflowError("nothing-deployed", `${project.name} has not been deployed yet`, {
      hint: "soloflow-agent deploy",
      exitCode: EXIT.usage,
    });
  }
  const known = units.map((unit) => unit.service);
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearest(name, known);
    throw new SoloflowError(
      "usage",
      `there is no service "${name}"${near === undefined ? "" : `; did you mean "${near}"?`}`,
      {
        hint: `the services are ${known.join(", ")}`,
        exitCode: EXIT.usage,
      },
    );
  }
  return units.filter((unit) => names.length === 0 || names.includes(unit.service));
}
