import { reason } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import { unseal } from "./age.ts";
import { readIdentity } from "./identity.ts";
import { type OpenStore, openVersion, readStore } from "./read-store.ts";
import { identityPath, type StorePlace, versionPath, versionsPresent } from "./store-place.ts";

/** One version's file. "staged": written and not in use, what an interrupted command leaves. */
export type VersionState = {
  version: number;
  state: "current" | "earlier" | "staged" | "damaged";
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
  const identity = await readIdentity(place);
  if (current === undefined || identity === undefined) return { versions: [], faults: [] };
  const versions: VersionState[] = [];
  for (const version of await versionsPresent(place))
    versions.push(await stateOf(place, version, { current, identity }));
  const damaged = versions.filter(({ state }) => state === "damaged");
  return {
    versions,
    faults: [...damaged.map(({ why }) => why ?? ""), ...(await readableByOthers(place))],
  };
}

async function stateOf(
  place: StorePlace,
  version: number,
  { current, identity }: { current: OpenStore; identity: Secret },
): Promise<VersionState> {
  const states = ["earlier", "current", "staged"] as const;
  try {
    const { createdAt } = await openVersion(place, version, identity, current.keys);
    const state = states[Math.sign(version - current.version) + 1] ?? "earlier";
    return { version, state, createdAt, why: undefined };
  } catch (thrown) {
    return { version, state: "damaged", createdAt: undefined, why: reason(thrown) };
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
