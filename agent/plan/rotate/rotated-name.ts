import type { Config, SecretConfig } from "../../config/config.ts";
import { postgresOf } from "../../config/rules/secrets.ts";
import { databaseSecret } from "../secrets-database.ts";
import type { RotationFacts } from "./facts.ts";
import type { Phase, RotatedLogin, RotatedName, SecretState } from "./types.ts";

/** What the rotation of one secret is made of. `state` has versions, soloflow.toml has the name. */
export function rotatedName(
  config: Config,
  { name, versions, hasComma = false }: SecretState,
  {
    compromised,
    facts,
  }: { compromised: boolean; facts: Pick<RotationFacts, "services" | "served" | "rotations"> },
): RotatedName {
  const secret: SecretConfig = config.secret[name] ?? { kind: "external", for: [] };
  // Who reads it today: soloflow.toml may be edited and not deployed.
  const services = (facts.served?.[name] ?? secret.for).filter((service) => service in facts.services);
  const login = loginOf(config, name, secret);
  return {
    ...{ name, kind: secret.kind, services, closed: false },
    from: versions[0]?.n ?? 0,
    to: nextNumber(name, versions, facts.rotations),
    phases: phasesOf(secret, { compromised, hasComma }),
    ...(login === undefined ? {} : { login }),
  };
}

function loginOf(config: Config, name: string, secret: SecretConfig): RotatedLogin | undefined {
  if (secret.kind === "superuser") return { service: postgresOf(secret) };
  if (secret.kind !== "database") return undefined;
  const { service, database, owner, roles } = databaseSecret(config, name, secret);
  return { service, database, owner, roles };
}

/** Numbers never come back, not even those of a rotation that was taken back: rows in a database name them. */
function nextNumber(
  name: string,
  versions: SecretState["versions"],
  rotations: RotationFacts["rotations"],
): number {
  const given = rotations.flatMap(({ names }) => names.filter((each) => each.name === name));
  return Math.max(0, ...versions.map(({ n }) => n), ...given.map(({ to }) => to)) + 1;
}

/**
 * - A pepper, and what signs sessions, is accepted in both values before the new one issues.
 * - What leaked is not accepted for a moment longer than it takes: nothing waits for it but customers' keys. A pepper
 *   that no list can hold is accepted no more at once.
 * - A login takes the other role; the superuser's file changes in place.
 */
function phasesOf(
  { kind, accepts, overlap }: SecretConfig,
  { compromised, hasComma }: { compromised: boolean; hasComma: boolean },
): Phase[] {
  switch (kind) {
    case "pepper":
      return hasComma ? ["flip", "contract"] : ["expand", "flip", "contract"];
    case "generated":
      if (accepts === 1) return ["flip"];
      return compromised ? ["flip", "contract"] : ["expand", "flip", "contract"];
    case "database":
    case "superuser":
      return ["roles", "flip"];
    case "external":
      // Whoever gets the former value beside it gives it up in a rollout of its own, however soon.
      return overlap === undefined ? ["flip"] : ["flip", "contract"];
    default:
      return kind satisfies never;
  }
}

/** Whether what is replaced stays of use for a while. */
export function soaks({ kind, phases }: RotatedName): boolean {
  return kind === "database" || phases.includes("contract");
}
