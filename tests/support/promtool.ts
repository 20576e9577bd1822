import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { privateApt } from "../../agent/run/setup/private-apt.ts";
import { debianSources, freshApt } from "./vps/debian-sources.ts";
import { must } from "./vps/must.ts";

const CACHE = resolve(import.meta.dir, "../../.cache/promtool");

let made: Promise<string> | undefined;

/** The real promtool: the machine's, or Debian's package unpacked into .cache (half a minute once). Nothing is installed. */
export function promtool(): Promise<string> {
  made ??= find();
  return made;
}

async function find(): Promise<string> {
  const installed = Bun.which("promtool");
  const kept = join(CACHE, "usr/bin/promtool");
  if (installed !== null || existsSync(kept)) return installed ?? kept;
  mkdirSync(resolve(CACHE, ".."), { recursive: true });
  const work = mkdtempSync(join(CACHE, "../promtool-"));
  try {
    await download(work);
    if (!existsSync(kept)) renameSync(join(work, "root"), CACHE);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return kept;
}

/** From Debian 13: there it is a package of its own, small beside all of Prometheus. */
async function download(work: string): Promise<void> {
  const sources = await debianSources(await freshApt(join(work, "here")), "trixie");
  const next = join(work, "next");
  for (const folder of ["lists/partial", "archives/partial"])
    mkdirSync(join(next, folder), { recursive: true });
  writeFileSync(join(next, "next.list"), sources);
  writeFileSync(join(next, "next.preferences"), "");
  const { options } = privateApt(next, true);
  await must(["apt-get", "-qq", ...options, "update"]);
  await must(["apt-get", "-qq", ...options, "download", "promtool"], { cwd: work, timeoutMs: 300_000 });
  const [deb = ""] = readdirSync(work).filter((name) => name.endsWith(".deb"));
  await must(["dpkg-deb", "-x", deb, "root"], { cwd: work });
}
