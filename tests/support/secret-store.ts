import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Files } from "../../agent/host/files.ts";
import { newKeyPair } from "../../agent/host/secret-store/age.ts";
import type { StorePlace } from "../../agent/host/secret-store/store-place.ts";
import { type NextVersion, writeStore } from "../../agent/host/secret-store/write-store.ts";
import { systemFiles } from "../../agent/host/system-files.ts";

/** Where a project's store lies below the folder. */
export function placeIn(folder: string, files: Files = systemFiles): StorePlace {
  mkdirSync(folder, { recursive: true });
  return { files, folder: join(folder, "secrets"), mark: join(folder, "secrets.mark") };
}

/** Content of a version; `recovery` is needed for the first one only and is ignored later. */
export async function content(value: string): Promise<NextVersion> {
  return {
    secrets: { A: value },
    createdAt: "2026-01-02T03:04:05.000Z",
    recovery: (await newKeyPair()).recipient,
  };
}

/** A store whose versions hold these values in turn. */
export async function storeOf(folder: string, values: readonly string[]): Promise<StorePlace> {
  const place = placeIn(folder);
  for (const value of values) await writeStore(place, await content(value));
  return place;
}

/**
 * Files that run `before` ahead of every call that changes something and `after` behind it, with the number of
 * that call, from 1.
 */
export function countedFiles(hooks: { before(call: number): void; after(call: number): void }): Files {
  let calls = 0;
  const changing = ["writeAtomic", "makeFolder", "rename", "remove", "chown", "chmod"] as const;
  const counted = { ...systemFiles } as Record<string, unknown>;
  for (const name of changing) {
    const original = systemFiles[name] as (...args: unknown[]) => Promise<unknown>;
    counted[name] = async (...args: unknown[]) => {
      calls += 1;
      const call = calls;
      hooks.before(call);
      const result = await original(...args);
      hooks.after(call);
      return result;
    };
  }
  return counted as Files;
}
