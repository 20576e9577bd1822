import { SoloflowError } from "../../core/errors.ts";
import type { StoredSecret } from "../secrets.ts";

type Numbered = { n: number };

/** The versions in another order, or fewer of them; a rule that leaves none is not followed. */
export function withVersions(
  stored: StoredSecret,
  rule: <V extends Numbered>(versions: readonly V[]) => readonly V[],
): StoredSecret {
  switch (stored.kind) {
    case "database":
      return { ...stored, versions: filled(rule(stored.versions), stored.versions) };
    case "superuser":
      return { ...stored, versions: filled(rule(stored.versions), stored.versions) };
    default:
      return { ...stored, versions: filled(rule(stored.versions), stored.versions) };
  }
}

function filled<V>(versions: readonly V[], otherwise: readonly [V, ...V[]]): readonly [V, ...V[]] {
  const [first, ...rest] = versions;
  return first === undefined ? otherwise : [first, ...rest];
}

/** The first version of `fresh` as number `to`, then what `old` accepts. */
export function inFront(name: string, to: number, fresh: StoredSecret, old: StoredSecret): StoredSecret {
  if (fresh.kind === "database" && old.kind === "database") {
    const value = { ...fresh.versions[0], n: to };
    const kept = old.versions.filter((one) => one.n !== to && one.value.role !== value.value.role);
    return { kind: "database", versions: [value, ...kept] };
  }
  if (fresh.kind === "superuser" && old.kind === "superuser") {
    const kept = old.versions.filter(({ n }) => n !== to);
    return { kind: "superuser", versions: [{ ...fresh.versions[0], n: to }, ...kept] };
  }
  if (isText(fresh) && isText(old)) {
    const kept = old.versions.filter(({ n }) => n !== to);
    return { kind: fresh.kind, versions: [{ ...fresh.versions[0], n: to }, ...kept] };
  }
  throw new SoloflowError("rotation", `${name} is stored as ${old.kind} and cannot become ${fresh.kind}`);
}

type TextSecret = Exclude<StoredSecret, { kind: "database" | "superuser" }>;

function isText(stored: StoredSecret): stored is TextSecret {
  return stored.kind !== "database" && stored.kind !== "superuser";
}
