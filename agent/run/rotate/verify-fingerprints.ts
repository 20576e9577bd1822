import { SoloflowError } from "../../core/errors.ts";
import type { DeployedUnit } from "../../plan/deployed.ts";
import { unlikeExpected } from "../../plan/fingerprint-drift.ts";
import { expectedFingerprints, type Fingerprints } from "../../plan/fingerprints.ts";
import { LABEL } from "../../plan/labels.ts";
import { expandedIssues } from "../../plan/rotate/content.ts";
import type { RotatedName } from "../../plan/rotate/types.ts";
import type { Secrets } from "../../plan/secrets.ts";
import { readApplied } from "./applied-model.ts";
import { askFingerprints } from "./fingerprints.ts";
import { knownOf, type Rotating } from "./rotating.ts";

/**
 * Asks whoever tells fingerprints of its secrets: each must accept just what the store is about to say, and still issue
 * what it did. Errors: SoloflowError "verify" with every difference.
 */
export async function verifyFingerprints(
  rotating: Rotating,
  names: readonly RotatedName[],
  secrets: Secrets,
): Promise<void> {
  const { model } = await readApplied(rotating.host, knownOf(rotating), rotating.store);
  const telling = model["x-soloflow"].units.filter(({ fingerprints }) => fingerprints !== undefined);
  const differences = await Promise.all(
    telling.map((unit) => compare(rotating, unit, expectedOf(unit, names, secrets))),
  );
  if (differences.flat().length === 0) return;
  throw new SoloflowError("verify", `not everybody has the same: ${differences.flat().join("; ")}`);
}

/** Of what this rotation has it accept in two values. */
function expectedOf(
  { service }: DeployedUnit,
  names: readonly RotatedName[],
  secrets: Secrets,
): Fingerprints {
  const issues = expandedIssues({ names });
  const expanded = names.filter(
    ({ phases, services }) => phases.includes("expand") && services.includes(service),
  );
  return Object.fromEntries(
    expanded.flatMap(({ name }) => {
      const stored = secrets[name];
      const isText = stored !== undefined && stored.kind !== "database" && stored.kind !== "superuser";
      return isText ? [[name, expectedFingerprints(name, stored.versions, issues[name] ?? 0)]] : [];
    }),
  );
}

async function compare(
  { host, project }: Rotating,
  unit: DeployedUnit,
  expected: Fingerprints,
): Promise<string[]> {
  if (Object.keys(expected).length === 0) return [];
  const containers = await host.engine.containers([
    `${LABEL.composeProject}=${project.config.project}`,
    `${LABEL.spec}=${unit.hash}`,
  ]);
  const running = containers.filter(({ state }) => state === "running");
  const answers = await Promise.all(running.map((container) => askFingerprints(host, unit, container)));
  return answers.flatMap((found) =>
    found === undefined
      ? [`${unit.service} tells no fingerprints`]
      : unlikeExpected(unit.service, expected, found),
  );
}
