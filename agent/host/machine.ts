import { readdirSync, readFileSync, statfsSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { DiskSpace, Pressure, ProcessFacts, ThreadFacts } from "../core/machine-facts.ts";
import { parseLoad, parseMeminfo, parsePressure } from "./machine/parse-pressure.ts";
import { blockedByAll, parseProcess } from "./machine/parse-process.ts";

/** What the kernel tells of this machine. */
export type Machine = {
  pressure(): Promise<Pressure>;
  /** Of a process by its number on this machine; undefined for one that has ended. */
  process(pid: number): Promise<ProcessFacts | undefined>;
  /** Of its threads, as `process`: a look at each of them. */
  threads(pid: number): Promise<ThreadFacts | undefined>;
  /** Of the file system that `path` lies on. Throws as node:fs does where there is no such path. */
  diskFree(path: string): Promise<DiskSpace>;
};

/** Its files are made by the kernel at the moment they are read, in microseconds: nothing to wait for. */
export const systemMachine: Machine = {
  async pressure() {
    const { availableBytes, totalBytes } = parseMeminfo(read("/proc/meminfo") ?? "");
    return {
      cpuSome10: parsePressure(read("/proc/pressure/cpu")),
      memorySome10: parsePressure(read("/proc/pressure/memory")),
      ioSome10: parsePressure(read("/proc/pressure/io")),
      load1: parseLoad(read("/proc/loadavg") ?? ""),
      cpus: availableParallelism(),
      memoryAvailableBytes: availableBytes,
      memoryTotalBytes: totalBytes,
    };
  },

  async process(pid) {
    const [stat, status] = [read(`/proc/${pid}/stat`), read(`/proc/${pid}/status`)];
    return stat === undefined || status === undefined ? undefined : parseProcess(stat, status);
  },

  async threads(pid) {
    const folders = list(`/proc/${pid}/task`);
    if (folders === undefined) return undefined;
    const others = folders.filter((folder) => !folder.endsWith(`/${pid}`));
    const othersBlock = blockedByAll(others.map((folder) => read(`${folder}/status`) ?? ""));
    return { othersBlock, children: childrenOf(folders) };
  },

  async diskFree(path) {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  },
};

/** Each thread has those that it made. */
function childrenOf(folders: readonly string[]): number[] | undefined {
  const lists = folders.map((folder) => read(`${folder}/children`)?.split(" ").filter(Boolean).map(Number));
  const known = lists.filter((each) => each !== undefined);
  return known.length === lists.length ? known.flat() : undefined;
}

function list(folder: string): string[] | undefined {
  try {
    return readdirSync(folder).map((name) => `${folder}/${name}`);
  } catch {
    return undefined;
  }
}

/** Undefined for what is not there; a kernel may also refuse to tell pressure (EOPNOTSUPP). */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
