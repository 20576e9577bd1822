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
  /**
   * What lies below the folder and passes the filter, sorted by path; without sockets, pipes and devices. A folder
   * that is excluded is part of it when something in it is not. Links are not followed.
   */
  scan(path: string, filter: TreeFilter): Promise<TreeEntry[]>;
  /** SHA-256 of a file's content, hex; undefined when there is no such file. */
  sha256(path: string): Promise<string | undefined>;
  stat(path: string): Promise<FileStat | undefined>;
  /** Target of a symbolic link, undefined when it is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Holds after a power cut: the folder of `to` is synced. */
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

/** One thing in a scanned folder; `path` is relative to it, `mode` the permission bits. */
export type TreeEntry =
  | { path: string; kind: "folder"; mode: number }
  | { path: string; kind: "link"; target: string }
  | {
      path: string;
      kind: "file";
      mode: number;
      size: number;
      /** Size, both times in nanoseconds and inode as one text: the same text means that nobody touched the file. */
      stamp: string;
      /** Time of the last change of content or attributes (ctime), which no program can set. */
      changedAtMs: number;
    };

/** Which paths a scan gives; relative, with "/". `mayHoldMore` is asked of excluded folders: false skips the folder. */
export type TreeFilter = { excludes(path: string): boolean; mayHoldMore(path: string): boolean };
