import { SoloflowError } from "../../core/errors.ts";
import type { Secrets, StoredSecret } from "../secrets.ts";
import type { RotatedName, Rotation } from "./types.ts";
import { inFront, withVersions } from "./versions.ts";

/*
 * What the store holds at each point of a rotation. All of these may be applied to their own result: a work that was
 * killed is done again.
 */

/**
 * v(N+1): each new value issues, what was accepted stays so. `fresh` holds one version of each name. A role that takes
 * its turn again loses the password it had.
 */
export function stagedSecrets(secrets: Secrets, names: readonly RotatedName[], fresh: Secrets): Secrets {
  const staged = names.map(({ name, to }) => {
    const [value, old] = [fresh[name], secrets[name]];
    if (value === undefined || old === undefined)
      throw new SoloflowError("rotation", `there is no value for ${name}`);
    return [name, inFront(name, to, value, old)] as const;
  });
  return { ...secrets, ...Object.fromEntries(staged) };
}

/** By name the version that issues while the apps accept both: the one from before. */
export function expandedIssues({ names }: Pick<Rotation, "names">): Record<string, number> {
  return Object.fromEntries(names.map(({ name, from }) => [name, from]));
}

/** The secret as one that this version issues, where it is accepted. */
export function issuedBy(stored: StoredSecret, n: number): StoredSecret {
  return withVersions(stored, (versions) =>
    versions.toSorted((a, b) => Number(b.n === n) - Number(a.n === n)),
  );
}

/** The old values issue again, the new ones are still accepted. */
export function curedSecrets(secrets: Secrets, { names }: Pick<Rotation, "names">): Secrets {
  return changed(secrets, names, (stored, { from }) => issuedBy(stored, from));
}

/** Without what `closable` names give up; a compromised rotation leaves the new value alone. */
export function contractedSecrets(
  secrets: Secrets,
  rotation: Pick<Rotation, "names" | "cause" | "cured">,
  closable: readonly string[],
): Secrets {
  const closing = rotation.names.filter(({ name }) => closable.includes(name));
  return changed(secrets, closing, (stored, each) => {
    const isGone = (n: number) =>
      n === givenUp(rotation, each) || (rotation.cause === "compromised" && !rotation.cured && n < each.to);
    return withVersions(stored, (versions) => versions.filter(({ n }) => !isGone(n)));
  });
}

/** The number of the version that is not accepted any more at the end. */
export function givenUp({ cured }: Pick<Rotation, "cured">, { from, to }: RotatedName): number {
  return cured ? to : from;
}

function changed(
  secrets: Secrets,
  names: readonly RotatedName[],
  change: (stored: StoredSecret, each: RotatedName) => StoredSecret,
): Secrets {
  const entries = names.flatMap((each) => {
    const stored = secrets[each.name];
    return stored === undefined ? [] : [[each.name, change(stored, each)] as const];
  });
  return { ...secrets, ...Object.fromEntries(entries) };
}
