import type { StoreKeys } from "./store-keys.ts";

/** What one version file holds once it is opened. */
export type StoreVersion = {
  schema: 1;
  /** Its own number; a file under another name is refused. */
  version: number;
  /** sha256 of the previous version's file; null where there was none. */
  previous: string | null;
  /** The same of every version before that one, the first one first. */
  earlier: readonly (string | null)[];
  /** ISO time. */
  createdAt: string;
  /** Public keys of those who can open it. They are read from here, so that nobody can slip in another. */
  recipients: { machine: string; recovery: string };
  /** Hexadecimal; only once the machine's key was exchanged, until then it comes from that. */
  fingerprintKey?: string;
  /** Checked by those who know what secrets look like. */
  secrets: unknown;
};

/** The plaintext: JSON with its HMAC as the last member. */
export function encodeVersion(version: StoreVersion, keys: StoreKeys): string {
  return JSON.stringify({ ...version, mac: keys.mac(JSON.stringify(version)) });
}

/** "stranger": the HMAC is not of these keys. */
export function decodeVersion(
  text: string,
  keys: StoreKeys,
): StoreVersion | { failure: "stranger" | "malformed" | "newer" } {
  const { mac, body } = withoutMac(text);
  if (body === undefined) return { failure: "malformed" };
  if (typeof body.schema === "number" && body.schema > 1) return { failure: "newer" };
  if (!keys.verify(JSON.stringify(body), mac)) return { failure: "stranger" };
  return body as StoreVersion;
}

/** Without proof of who wrote it: for a person who holds the recovery key and has lost the identity. */
export function decodeUnproven(text: string): StoreVersion | undefined {
  const { body } = withoutMac(text);
  return body?.schema === 1 && "secrets" in body ? (body as StoreVersion) : undefined;
}

function withoutMac(text: string): { mac?: unknown; body?: Partial<StoreVersion> } {
  try {
    const { mac, ...body } = JSON.parse(text);
    return { mac, body };
  } catch {
    return {};
  }
}

/** The hashes of versions 1 … version-1, in order. */
export function chainOf(version: StoreVersion): readonly (string | null)[] {
  return version.version === 1 ? [] : [...version.earlier, version.previous];
}
