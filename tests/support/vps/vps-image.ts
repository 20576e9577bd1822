import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { debianSources, freshApt } from "./debian-sources.ts";
import { must } from "./must.ts";

const CACHE = resolve(import.meta.dir, "../../../.cache/vps");

/** A small rented server as it comes: systemd, apt, the network tools, certificates; no Docker. */
const INCLUDE = ["systemd-sysv", "dbus", "iproute2", "ca-certificates", "procps"];

/** What belongs to hardware, or would change the machine while a test looks at it. */
const MASKED = [
  ...["systemd-udevd.service", "systemd-udev-trigger.service", "systemd-timesyncd.service"],
  ...["getty.target", "console-getty.service", "systemd-logind.service", "systemd-firstboot.service"],
  ...["apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer"],
];

/** A fresh boot id, as each start of a machine has one; then systemd. */
const START = `#!/bin/sh
mount --make-rshared /
cat /proc/sys/kernel/random/uuid >/run/boot-id
mount --bind /run/boot-id /proc/sys/kernel/random/boot_id
exec /sbin/init
`;

const DOCKERFILE = `FROM scratch
ADD root.tar /
COPY --chmod=755 start /start
RUN systemctl mask ${MASKED.join(" ")} 2>/dev/null \\
 && systemctl set-default multi-user.target 2>/dev/null && rm -f /etc/machine-id && : >/etc/machine-id
ENV container=docker
STOPSIGNAL SIGRTMIN+3
CMD ["/start"]
`;

const made = new Map<string, Promise<string>>();

/**
 * Name of the image of a bare Debian machine. Made of packages from this machine's own mirrors (half a minute),
 * then kept: the root file system in .cache/vps, the image in the engine.
 */
export function vpsImage(codename = "bookworm"): Promise<string> {
  const pending = made.get(codename) ?? build(codename);
  made.set(codename, pending);
  return pending;
}

async function build(codename: string): Promise<string> {
  const recipe = JSON.stringify([codename, INCLUDE, MASKED, START, DOCKERFILE]);
  const digest = createHash("sha256").update(recipe).digest("hex").slice(0, 12);
  const image = `sft-vps-${codename}:${digest}`;
  if ((await must(["docker", "image", "ls", "--quiet", image])) !== "") return image;
  const tar = join(CACHE, `${codename}-${digest}.tar`);
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, "work-"));
  try {
    if (!existsSync(tar)) await makeRoot(work, codename, tar);
    const context = join(work, "context");
    mkdirSync(context);
    await must(["cp", "--reflink=auto", tar, join(context, "root.tar")]);
    writeFileSync(join(context, "start"), START);
    writeFileSync(join(context, "Dockerfile"), DOCKERFILE);
    await must(["docker", "build", "--quiet", "--tag", image, context], { timeoutMs: 300_000 });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return image;
}

async function makeRoot(work: string, codename: string, tar: string): Promise<void> {
  const options = await freshApt(join(work, "apt"));
  const tools = await mmdebstrap(work, options);
  const sources = join(work, "sources.list");
  writeFileSync(sources, await debianSources(options, codename));
  const partial = join(work, "root.tar");
  await must(
    [
      ...[
        "env",
        `PATH=${tools}:${process.env.PATH}`,
        "mmdebstrap",
        "--mode=root",
        "--format=tar",
        "--variant=apt",
        `--include=${INCLUDE.join(",")}`,
      ],
      ...["man", "doc", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      ...[codename, partial, sources],
    ],
    { timeoutMs: 600_000 },
  );
  renameSync(partial, tar);
}

/** Folder of the machine's mmdebstrap, or of the package unpacked below `work`: nothing is installed for a test. */
async function mmdebstrap(work: string, options: readonly string[]): Promise<string> {
  const installed = Bun.which("mmdebstrap");
  if (installed !== null) return dirname(installed);
  const folder = join(work, "mmdebstrap");
  mkdirSync(folder);
  await must(["apt-get", "-qq", ...options, "download", "mmdebstrap"], { cwd: folder });
  const [deb = ""] = readdirSync(folder).filter((name) => name.endsWith(".deb"));
  await must(["dpkg-deb", "-x", deb, "."], { cwd: folder });
  return join(folder, "usr/bin");
}
