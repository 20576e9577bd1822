import type { Fault } from "../../config/fault.ts";
import { formatSize, parseSize } from "../../core/size.ts";
import { strategyOf } from "../strategy.ts";
import { error, MACHINE, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** What a build may write beside the image itself: layers of its stages and its cache. */
const BUILD_OVERHEAD = 1.5;
/** Of an image of which neither a size nor a limit is known: the least that is worth the name, and a usual one. */
const SMALL_IMAGE_BYTES = 50e6;
const USUAL_IMAGE_BYTES = 300e6;
/** With less than this PostgreSQL, logs and the engine's own files are about to stop; with that they are not. */
const LEAST_FREE_BYTES = 200e6;
const KEEP_FREE_BYTES = 500e6;
/** Taken for a service of which neither the use nor a limit is known. */
const UNKNOWN_SERVICE_BYTES = 128e6;

/** New images lie beside the old ones until the old are removed. Shared layers count with the images that run. */
export function diskRoom(subject: Subject): Fault[] {
  const { machine, dockerfiles, building } = subject;
  if (machine.disk === undefined) return [];
  const running = dockerfiles.filter(({ services }) => services.length > 0).map(({ image }) => image);
  const images = [...new Set(running)].filter((image) => building === undefined || building.has(image));
  const sum = (bytes: (image: string) => number): number =>
    images.reduce((total, image) => total + bytes(image), 0);
  const limits = sizeLimits(subject);
  const least = sum((image) => machine.imageBytes[image] ?? SMALL_IMAGE_BYTES) + LEAST_FREE_BYTES;
  const most = sum((image) => machine.imageBytes[image] ?? limits.get(image) ?? USUAL_IMAGE_BYTES);
  const needed = most * BUILD_OVERHEAD + KEEP_FREE_BYTES;
  const { freeBytes, path } = machine.disk;
  if (freeBytes >= needed) return [];
  const words = {
    message: `${formatSize(freeBytes)} are free at ${path}; building ${images.length} images beside the old ones may take ${formatSize(needed)}`,
    hint: "docker builder prune and docker image prune free what nothing uses",
  };
  return [freeBytes < least ? error("disk", MACHINE, words) : warning("disk", MACHINE, words)];
}

function sizeLimits({ config }: Subject): Map<string, number | undefined> {
  return new Map(Object.values(config.service).map(({ build }) => [build?.image ?? "", build?.max_size]));
}

/** While they take over, both colours of every changed service are in memory: everything new starts before anything goes. */
export function memoryRoom(subject: Subject): Fault[] {
  const { memory } = subject.machine;
  if (memory === undefined) return [];
  return [...tooLittleNow(subject, memory.availableBytes), ...tooLittleEver(subject, memory.totalBytes)];
}

function tooLittleNow({ config, model, machine }: Subject, availableBytes: number): Fault[] {
  const names = Object.keys(model.services);
  const second = names
    .filter((name) => strategyOf(name, config, model) === "overlap")
    .reduce((total, name) => total + (machine.usedBytes[name] ?? UNKNOWN_SERVICE_BYTES), 0);
  // A limit says what a service may use at most, not what it uses: of one that does not run a small part is counted.
  const starting = names.filter((name) => machine.usedBytes[name] === undefined).length;
  const needed = second + (starting * UNKNOWN_SERVICE_BYTES) / 2;
  if (availableBytes >= needed) return [];
  return [
    error("memory", MACHINE, {
      message: `${formatSize(availableBytes)} of memory are available; the new containers beside the old ones need about ${formatSize(needed)}`,
      hint: 'stop something, add memory or swap, or write deploy = "replace" for the largest service',
    }),
  ];
}

function tooLittleEver({ config, model }: Subject, totalBytes: number): Fault[] {
  const bytesOf = (names: readonly string[]): number =>
    names.reduce((total, name) => total + limitOf(model.services[name]?.mem_limit), 0);
  const lasting = Object.keys(model.services).filter((name) => strategyOf(name, config, model) !== "once");
  const overlapping = lasting.filter((name) => strategyOf(name, config, model) === "overlap");
  const needed = bytesOf(lasting) + bytesOf(overlapping);
  if (needed <= totalBytes) return [];
  return [
    warning("memory", MACHINE, {
      message: `the services may use ${formatSize(needed)} while new ones take over (the sum of mem_limit); the machine has ${formatSize(totalBytes)}`,
      hint: "lower mem_limit in the compose file",
    }),
  ];
}

/** Bytes as `docker compose config` writes them, or as a person does ("512m"); none is 0. */
function limitOf(limit: unknown): number {
  if (typeof limit === "number") return limit;
  if (typeof limit !== "string") return 0;
  if (/^\d+$/.test(limit)) return Number(limit);
  const [, amount = "", unit = ""] = /^([\d.]+)\s*([kmg])i?b?$/i.exec(limit) ?? [];
  const binary = unit.toUpperCase() === "K" ? "KiB" : `${unit.toUpperCase()}iB`;
  return parseSize(`${amount}${binary}`) ?? 0;
}
