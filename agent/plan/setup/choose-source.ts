import { type Lack, versionOf } from "./lacking.ts";
import type { Apt, Machine, Packages } from "./machine.ts";
import { enginePackage, type Family, installedFamily, packagesFor } from "./packages.ts";
import { LEAST_GLIBC } from "./requirements.ts";
import type { PackageSource } from "./setup-plan.ts";
import { isAtLeast, plainVersion } from "./version.ts";

/** Where to install from, and what. */
export type Source = {
  kind: "source";
  source: PackageSource;
  packages: readonly { name: string; version: string }[];
  cause: string;
};

const FOREIGN = {
  kind: "none",
  cause: "the engine that is there came from no package: bring it up to date as it was installed",
} as const;

type Offer = { family: Family; source: PackageSource; candidates: Packages; cause: string };

/** The first source that has everything that lacks: Docker's own, the distribution, its next release. */
export function chooseSource(
  machine: Machine,
  apt: Apt,
  lacks: readonly Lack[],
): Source | { kind: "none"; cause: string } {
  const pieces = lacks.map((lack) => lack.piece);
  const family = installedFamily(apt.installed);
  const foreign = family === undefined && versionOf(machine, "engine") !== undefined;
  for (const offer of offers(machine, apt)) {
    if (family !== undefined && offer.family !== family) continue;
    const names = packagesFor(offer.family, pieces, offer.candidates);
    if (names === undefined) continue;
    const packages = names.map((name) => ({ name, version: offer.candidates[name] ?? "" }));
    if (foreign && enginePackage(packages) !== undefined) return FOREIGN;
    return { kind: "source", source: offer.source, packages, cause: offer.cause };
  }
  return { kind: "none", cause: whyNone(machine, apt, family) };
}

function offers(machine: Machine, apt: Apt): Offer[] {
  const own = apt.candidates;
  const list: Offer[] = [
    {
      family: "docker",
      source: { from: "docker" },
      candidates: own,
      cause: "Docker's own repository is set up on this machine",
    },
    {
      family: "distribution",
      source: { from: "distribution" },
      candidates: own,
      cause: `the packages of ${machine.system.name} will do`,
    },
  ];
  if (apt.next !== undefined && isAtLeast(machine.glibc, LEAST_GLIBC)) {
    list.push({
      family: "distribution",
      source: { from: "next", suite: apt.next.suite },
      candidates: apt.next.candidates,
      cause: nextCause(machine, own, apt.next.suite),
    });
  }
  return list;
}

function nextCause({ system }: Machine, own: Packages, suite: string): string {
  const engine = own["docker.io"];
  const has = engine === undefined ? "has no docker.io" : `has docker.io ${plainVersion(engine)}`;
  return `${system.name} ${has}, so the packages of the next release (${suite}) are taken from the same mirror`;
}

function whyNone(machine: Machine, apt: Apt, family: Family | undefined): string {
  if (apt.next !== undefined && !isAtLeast(machine.glibc, LEAST_GLIBC))
    return `packages of the next release need the C library ${LEAST_GLIBC}, here is ${machine.glibc ?? "another"}`;
  if (family === "docker")
    return "Docker's packages are installed, but apt has no source that offers newer ones";
  return "apt has no source here that offers them";
}
