import { reason, SoloflowError } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { unseal } from "./age.ts";
import { type OpenStore, openByAny, readStore } from "./read-store.ts";
import { identityPath, type StorePlace, versionPath, versionsPresent } from "./store-place.ts";

/**
 * One version's file. "staged": written and not in use, what an interrupted command leaves. "sealed": of a key that this machine
 * had before; the recovery key opens it.
 */
export type VersionState = {
  version: number;
  state: "current" | "earlier" | "sealed" | "staged" | "damaged";
  /** ISO time; undefined where it does not open. */
  createdAt: string | undefined;
  why: string | undefined;
};

export type StoreReport = { versions: VersionState[]; faults: string[] };

/**
 * Opens and proves every version that is there, and looks at who may read the keys. A fault is a sentence; none: all is
 * well. Errors: those of readStore, for a store whose current version cannot be had.
 */
export async function verifyStore(place: StorePlace): Promise<StoreReport> {
  const current = await readStore(place);
  if (current === undefined) return { versions: [], faults: [] };
  const versions: VersionState[] = [];
  for (const version of await versionsPresent(place)) versions.push(await stateOf(place, version, current));
  const damaged = versions.filter(({ state }) => state === "damaged");
  return {
    versions,
    faults: [...damaged.map(({ why }) => why ?? ""), ...(await readableByOthers(place))],
  };
}

async function stateOf(place: StorePlace, version: number, current: OpenStore): Promise<VersionState> {
  const states = ["earlier", "current", "staged"] as const;
  try {
    const { createdAt } = await openByAny(place, version);
    const state = states[Math.sign(version - current.version) + 1] ?? "earlier";
    return { version, state, createdAt, why: undefined };
  } catch (thrown) {
    const isSealed = thrown instanceof SoloflowError && thrown.code === "secrets-identity";
    const state = isSealed && version < current.version ? "sealed" : "damaged";
    return { version, state, createdAt: undefined, why: reason(thrown) };
  }
}

async function readableByOthers(place: StorePlace): Promise<string[]> {
  const paths = [place.folder, identityPath(place)];
  const stats = await Promise.all(paths.map((path) => place.files.stat(path)));
  return paths.flatMap((path, index) =>
    ((stats[index]?.mode ?? 0) & 0o077) === 0 ? [] : [`${path} can be read by other users of this machine`],
  );
}

/**
 * Whether the key that the operator keeps elsewhere opens the current version: "opens", "stranger" where it is another
 * key, "torn" where the file is damaged.
 */
export async function tryRecoveryKey(
  place: StorePlace,
  current: OpenStore,
  key: Secret,
): Promise<"opens" | "stranger" | "torn"> {
  const bytes = await place.files.readBytes(versionPath(place, current.version));
  if (bytes === undefined) return "torn";
  const opened = await unseal(bytes, key);
  return "text" in opened ? "opens" : opened.failure;
}
