import { givenUp } from "./content.ts";
import { counted } from "./counted.ts";
import type { RotationFacts } from "./facts.ts";
import type { LeftName, RotatedName, Rotation, SecretState } from "./types.ts";

/** A login that is none of a secret's two roles is nobody's to close: its sessions count as 0. */
type Looked = Pick<RotationFacts, "keys" | "sessions"> & {
  now: number;
  states: readonly SecretState[];
  /** Names that somebody wants closed at once, whatever still stands on them. */
  retired: readonly string[];
};

/** Which names of a rotation in SOAK have nothing left that stands on what they give up, and why the others wait. */
export function closing(rotation: Rotation, looked: Looked): { closable: string[]; waiting: LeftName[] } {
  const open = rotation.names.filter(({ closed }) => !closed);
  const waiting = open.flatMap((each) => {
    const why = obstacle(rotation, each, looked);
    return why === undefined ? [] : [{ name: each.name, why }];
  });
  const closable = open.map(({ name }) => name).filter((name) => !waiting.some((one) => one.name === name));
  return { closable, waiting };
}

function obstacle(
  rotation: Rotation,
  each: RotatedName,
  { now, states, retired, keys, sessions }: Looked,
): string | undefined {
  const gone = givenUp(rotation, each);
  const version = states.find(({ name }) => name === each.name)?.versions.find(({ n }) => n === gone);
  const isForced = retired.includes(each.name) || (rotation.cause === "compromised" && !rotation.cured);
  if (version === undefined || isForced) return undefined;
  const { soakUntil = now } = rotation;
  if (now < soakUntil) return `accepted until ${new Date(soakUntil).toISOString()}`;
  if (each.kind === "pepper") return standing(keys[each.name], gone);
  return version.role === undefined ? undefined : connected(sessions[version.role], version.role);
}

function standing(counts: RotationFacts["keys"][string] | undefined, gone: number): string | undefined {
  if (counts === undefined) return "nobody could count its keys";
  const count = counts.find(({ n }) => n === gone)?.count ?? 0;
  return count === 0 ? undefined : `${counted(count, "API key")} of version ${gone} not used since`;
}

function connected(count: number | undefined, role: string): string | undefined {
  if (count === undefined) return `nobody could count the sessions of ${role}`;
  return count === 0 ? undefined : `${counted(count, "session")} of ${role}`;
}
