import { createHash, timingSafeEqual } from "node:crypto";
import type { SopsDocument } from "./sops-document.ts";
import { decryptValue, encryptValue, isEncrypted } from "./sops-value.ts";

/** "damaged" names the place; nothing quotes a value. */
export type SopsReading = { entries: { name: string; value: string }[] } | { damaged: string };

/**
 * The texts at the top of the file, decrypted and proven by its MAC: a value that was changed, removed or moved is found.
 * What lies deeper is proven too, but is nobody's secret here.
 */
export function openSops(document: SopsDocument, key: Uint8Array): SopsReading {
  const hash = createHash("sha512");
  const entries: { name: string; value: string }[] = [];
  for (const { path, value } of leaves(document.tree)) {
    const sealed = typeof value === "string" && isEncrypted(value);
    const plain = sealed ? decryptValue(value, key, aad(path)) : plainText(value);
    if (plain === undefined) return { damaged: path.join(".") };
    if (sealed || !document.macOnlyEncrypted) hash.update(plain);
    const [name] = path;
    if (path.length === 1 && name !== undefined && typeof value === "string")
      entries.push({ name, value: plain });
  }
  const expected = decryptValue(document.mac, key, document.lastModified);
  const found = hash.digest("hex").toUpperCase();
  if (expected === undefined || !same(expected, found)) return { damaged: "its MAC" };
  return { entries };
}

/** `randomBytes` gives fresh ones at each call; `seals` are the same key for each recipient. */
export function sealSops(
  entries: readonly { name: string; value: string }[],
  options: {
    key: Uint8Array;
    seals: SopsDocument["age"];
    /** ISO time, whole seconds. */
    at: string;
    iv: () => Uint8Array;
  },
): SopsDocument {
  const { key, seals, at, iv } = options;
  const hash = createHash("sha512");
  const tree: Record<string, string> = {};
  for (const { name, value } of entries) {
    hash.update(value);
    tree[name] = encryptValue(value, key, aad([name]), iv());
  }
  const mac = encryptValue(hash.digest("hex").toUpperCase(), key, at, iv());
  return { tree, age: seals, lastModified: at, mac, macOnlyEncrypted: false };
}

/** Elements of a list have the list's path. */
function* leaves(node: unknown, path: string[] = []): Generator<{ path: string[]; value: unknown }> {
  if (Array.isArray(node)) for (const element of node) yield* leaves(element, path);
  else if (typeof node === "object" && node !== null)
    for (const [name, value] of Object.entries(node)) yield* leaves(value, [...path, name]);
  else yield { path, value: node };
}

function aad(path: readonly string[]): string {
  return `${path.join(":")}:`;
}

/** As SOPS counts what it leaves in clear. */
function plainText(value: unknown): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return value === null ? "" : String(value);
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
