import type { Packages } from "./machine.ts";
import { LEAST, type Piece } from "./requirements.ts";
import { isAtLeast } from "./version.ts";

/** Two makers package Docker; their packages refuse to be installed side by side. */
export type Family = "docker" | "distribution";

/** For each piece the packages that carry it, best first; the later ones of a line only go along with it. */
const CARRIERS: Readonly<Record<Family, Readonly<Record<Piece, readonly (readonly string[])[]>>>> = {
  docker: {
    engine: [["docker-ce", "containerd.io"]],
    cli: [["docker-ce-cli"]],
    compose: [["docker-compose-plugin"]],
    buildx: [["docker-buildx-plugin"]],
  },
  distribution: {
    engine: [["docker.io"]],
    // Where there is no package of its own the command comes with the engine.
    cli: [["docker-cli"], ["docker.io"]],
    compose: [["docker-compose-v2"], ["docker-compose"]],
    buildx: [["docker-buildx"]],
  },
};

/** Every package that setup may install, upgrade or hold. */
export const DOCKER_PACKAGES: readonly string[] = [
  ...new Set([...Object.values(CARRIERS).flatMap((pieces) => Object.values(pieces).flat(2)), "containerd"]),
];

/** The package of the engine itself among these, which replaces an engine that is there. */
export function enginePackage<T extends { name: string }>(packages: readonly T[]): T | undefined {
  return packages.find(({ name }) => name === "docker-ce" || name === "docker.io");
}

/** Whose packages are on the machine already; a new engine must be of the same family. */
export function installedFamily(installed: Packages): Family | undefined {
  if (["docker-ce", "docker-ce-cli", "containerd.io"].some((name) => name in installed)) return "docker";
  return ["docker.io", "docker-cli", "containerd"].some((name) => name in installed)
    ? "distribution"
    : undefined;
}

/** Names of the packages that bring every one of `pieces` in a version that will do; undefined when one is not there. */
export function packagesFor(
  family: Family,
  pieces: readonly Piece[],
  candidates: Packages,
): string[] | undefined {
  const names = new Set<string>();
  for (const piece of pieces) {
    const carrier = CARRIERS[family][piece].find(
      ([main, ...others]) =>
        main !== undefined &&
        isAtLeast(candidates[main], LEAST[piece]) &&
        others.every((name) => name in candidates),
    );
    if (carrier === undefined) return undefined;
    for (const name of carrier) names.add(name);
  }
  return [...names];
}
