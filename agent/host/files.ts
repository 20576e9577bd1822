/** Files, with the few guarantees that the agent needs. Paths are absolute. */
export type Files = {
  /** undefined when there is no such file. */
  readText(path: string): Promise<string | undefined>;
  readBytes(path: string): Promise<Uint8Array | undefined>;
  /**
   * Replaces the file as one step: temporary file made with O_EXCL and O_NOFOLLOW, fsync, rename, fsync of the
   * folder. `mode` defaults to 0o600. Missing parent folders are made 0o700. `exclusive` fails where something
   * already has that name.
   */
  writeAtomic(
    path: string,
    data: string | Uint8Array,
    options?: { mode?: number; uid?: number; gid?: number; exclusive?: boolean },
  ): Promise<void>;
  makeFolder(path: string, mode?: number): Promise<void>;
  /** Names in the folder, sorted; undefined when there is no such folder. */
  list(path: string): Promise<string[] | undefined>;
  /** Every regular file and link below the folder, sorted, relative paths with "/". */
  walk(path: string): Promise<string[]>;
  stat(path: string): Promise<FileStat | undefined>;
  /** Target of a symbolic link, undefined when it is none. */
  readLink(path: string): Promise<string | undefined>;
  rename(from: string, to: string): Promise<void>;
  /** Also whole folders; nothing happens when it is not there. */
  remove(path: string): Promise<void>;
  chown(path: string, uid: number, gid: number): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  /** Of the file system that holds the path (or its nearest existing parent). */
  space(path: string): Promise<{ freeBytes: number; totalBytes: number; tmpfs: boolean }>;
};

export type FileStat = {
  kind: "file" | "folder" | "link" | "other";
  size: number;
  mode: number;
  uid: number;
  modifiedAtMs: number;
};
