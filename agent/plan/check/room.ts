import type { Fault } from "../../config/fault.ts";
import { formatSize, parseSize } from "../../core/size.ts";
import { strategyOf } from "../strategy.ts";
import { error, MACHINE, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** What a build writes beside the image itself: layers of its stages and its cache. */
const BUILD_OVERHEAD = 1.5;
/** Taken for an image of which nothing is known: neither a size now nor a limit. */
const UNKNOWN_IMAGE_BYTES = 300e6;
/** PostgreSQL, logs and the engine's own files must go on writing. */
const KEEP_FREE_BYTES = 500e6;
/** Taken for a service of which neither the use nor a limit is known. */
const UNKNOWN_SERVICE_BYTES = 128e6;

/** New images lie beside the old ones until the old are removed. */
export function diskRoom({ machine, dockerfiles, config }: Subject): Fault[] {
  const { disk } = machine;
  if (disk === undefined) return [];
  const limits = new Map([
    ...Object.values(config.image).map((image) => [image.image, image.max_size] as const),
    ...Object.values(config.service).map(({ build }) => [build?.image ?? "", build?.max_size] as const),
  ]);
  const images = new Set(dockerfiles.map(({ image }) => image));
  let wanted = 0;
  for (const image of images) wanted += machine.imageBytes[image] ?? limits.get(image) ?? UNKNOWN_IMAGE_BYTES;
  const needed = wanted * BUILD_OVERHEAD + KEEP_FREE_BYTES;
  if (disk.freeBytes >= needed) return [];
  const words = {
    message: `${formatSize(disk.freeBytes)} are free at ${disk.path}; building ${images.size} images beside the old ones may take ${formatSize(needed)}`,
    hint: "docker builder prune and docker image prune free what nothing uses",
  };
  return [
    disk.freeBytes < wanted + KEEP_FREE_BYTES / 5
      ? error("disk", MACHINE, words)
      : warning("disk", MACHINE, words),
  ];
}

/** While one takes over, two of a service run. */
export function memoryRoom(subject: Subject): Fault[] {
  const { memory } = subject.machine;
  if (memory === undefined) return [];
  return [...tooLittleNow(subject, memory.availableBytes), ...tooLittleEver(subject, memory.totalBytes)];
}

function tooLittleNow(subject: Subject, availableBytes: number): Fault[] {
  const { config, model, machine } = subject;
  const names = Object.keys(model.services);
  const starting = names.filter((name) => machine.usedBytes[name] === undefined);
  const second = Math.max(
    0,
    ...names
      .filter((name) => strategyOf(name, config, model) === "overlap")
      .map((name) => machine.usedBytes[name] ?? UNKNOWN_SERVICE_BYTES),
  );
  // A limit says what a service may use at most, not what it uses: of one that does not run a small part is counted.
  const needed = second + (starting.length * UNKNOWN_SERVICE_BYTES) / 2;
  if (availableBytes >= needed) return [];
  return [
    error("memory", MACHINE, {
      message: `${formatSize(availableBytes)} of memory are available; the new containers beside the old ones need about ${formatSize(needed)}`,
      hint: 'stop something, add memory or swap, or write deploy = "replace" for the largest service',
    }),
  ];
}

function tooLittleEver({ config, model }: Subject, totalBytes: number): Fault[] {
  const limits = Object.entries(model.services)
    .filter(([name]) => strategyOf(name, config, model) !== "once")
    .map(([name, service]) => ({ name, bytes: limitOf(service.mem_limit) }));
  const overlapping = limits.filter(({ name }) => strategyOf(name, config, model) === "overlap");
  const sum = limits.reduce((total, { bytes }) => total + bytes, 0);
  const needed = sum + Math.max(0, ...overlapping.map(({ bytes }) => bytes));
  if (needed <= totalBytes) return [];
  return [
    warning("memory", MACHINE, {
      message: `the services may use ${formatSize(needed)} while one takes over (the sum of mem_limit); the machine has ${formatSize(totalBytes)}`,
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
