import type { Fingerprints, SecretFingerprints } from "./fingerprints.ts";

/** What one service says. */
export type Told = { service: string; fingerprints: Fingerprints };

/**
 * Where services that share a secret do not accept the same of it, in words, sorted and each once; empty where all
 * agree. Which version issues may differ, as in the middle of a rotation: whatever is issued is accepted everywhere.
 */
export function driftOf(told: readonly Told[]): string[] {
  const sorted = [...told].sort((a, b) => (a.service < b.service ? -1 : 1));
  const words = sorted.flatMap((one, index) =>
    sorted.slice(index + 1).flatMap((other) => differences(one, other)),
  );
  return [...new Set(words)].sort();
}

/** What is not as it should be in what a service says, in words; names that it was not given are none of its business. */
export function unlikeExpected(service: string, expected: Fingerprints, found: Fingerprints): string[] {
  return Object.entries(expected).flatMap(([name, wanted]) => {
    const has = found[name];
    if (has === undefined) return [`${service} does not tell its ${name}`];
    const differs = difference(name, { service, has }, { service: "the store", has: wanted });
    if (differs !== undefined) return [differs];
    return has.issues === wanted.issues
      ? []
      : [`${service} issues version ${has.issues} of ${name} in the place of ${wanted.issues}`];
  });
}

function differences(one: Told, other: Told): string[] {
  return Object.entries(one.fingerprints).flatMap(([name, has]) => {
    const others = other.fingerprints[name];
    if (others === undefined) return [];
    const words = difference(name, { service: one.service, has }, { service: other.service, has: others });
    return words === undefined ? [] : [words];
  });
}

type Holder = { service: string; has: SecretFingerprints };

/** The gravest of what differs. */
function difference(name: string, one: Holder, other: Holder): string | undefined {
  const numbers = [...new Set([one, other].flatMap(({ has }) => Object.keys(has.accepts)))];
  const differing = numbers.filter((n) => one.has.accepts[n] !== other.has.accepts[n]);
  if (differing.length === 0) return undefined;
  const values = differing.filter((n) => n in one.has.accepts && n in other.has.accepts);
  if (values.length > 0)
    return `${one.service} and ${other.service} have another value as version ${listed(values)} of ${name}`;
  return `${one.service} accepts version ${versionsOf(one)} of ${name}, ${other.service} ${versionsOf(other)}`;
}

function versionsOf({ has }: Holder): string {
  return listed(Object.keys(has.accepts));
}

function listed(numbers: readonly string[]): string {
  return [...numbers].sort((a, b) => Number(a) - Number(b)).join(" and ");
}
