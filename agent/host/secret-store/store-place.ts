import { join } from "node:path";
import type { Files } from "../files.ts";

/**
 * Where a store lies. The mark lies outside of its folder, so that a folder which was put back as a whole is
 * noticed too.
 */
export type StorePlace = {
  files: Files;
  /** Versions, CURRENT and the machine's identity; 0700. */
  folder: string;
  /** The sealed record of the newest version that was ever committed. */
  mark: string;
};

export const currentPath = (place: StorePlace): string => join(place.folder, "CURRENT");
export const identityPath = (place: StorePlace): string => join(place.folder, "identity");
export const versionPath = (place: StorePlace, version: number): string =>
  join(place.folder, versionFile(version));

/** 7 -> "v0007.age" */
export function versionFile(version: number): string {
  return `v${String(version).padStart(4, "0")}.age`;
}

/** "v0007.age" -> 7; undefined where the text is not exactly a version's name. */
export function versionNumber(file: string): number | undefined {
  const digits = /^v(\d{4,6})\.age$/.exec(file)?.[1];
  const version = Number(digits);
  return digits !== undefined && version > 0 && versionFile(version) === file ? version : undefined;
}

/** The numbers of all version files that are there, committed or not, in order. */
export async function versionsPresent(place: StorePlace): Promise<number[]> {
  const names = (await place.files.list(place.folder)) ?? [];
  return names
    .map(versionNumber)
    .filter((version) => version !== undefined)
    .sort((a, b) => a - b);
}
