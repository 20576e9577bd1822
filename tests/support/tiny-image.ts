import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exec } from "../../agent/host/exec.ts";

const NAME = "sft-tiny";

let made: Promise<string> | undefined;

/**
 * Name of an image of 2 MB with nothing but a static busybox (sh, httpd, nc, wget, timeout, sleep, …), made once
 * from the Debian package, without a registry. It is shared by every test and stays. Its command sleeps for ever;
 * its first process has to be given `--init` or a trap to obey SIGTERM. Remember: `timeout N wget`, not `wget -T`.
 */
export function tinyImage(): Promise<string> {
  made ??= exists().then((there) => (there ? NAME : build()));
  return made;
}

async function exists(): Promise<boolean> {
  const found = await exec({ argv: ["docker", "image", "inspect", NAME] }, { timeoutMs: 20_000 });
  return found.kind === "ok";
}

async function build(): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), "sft-tiny-"));
  try {
    const root = join(work, "root");
    await run(["apt-get", "download", "busybox-static"], work);
    const [deb = ""] = readdirSync(work).filter((name) => name.endsWith(".deb"));
    await run(["dpkg-deb", "-x", deb, "package"], work);
    await assemble(join(work, "package/bin/busybox"), root);
    await run(["tar", "-C", root, "--numeric-owner", "--owner=0", "--group=0", "-cf", "root.tar", "."], work);
    const change = ["--change", 'CMD ["sleep","infinity"]', "--change", "ENV PATH=/bin"];
    await run(["docker", "import", ...change, "root.tar", NAME], work);
    return NAME;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function assemble(busybox: string, root: string): Promise<void> {
  for (const folder of ["bin", "etc", "tmp", "www"]) mkdirSync(join(root, folder), { recursive: true });
  await run(["cp", busybox, join(root, "bin/busybox")], root);
  for (const applet of (await run([busybox, "--list"], root)).trim().split("\n")) {
    if (applet !== "busybox") symlinkSync("busybox", join(root, "bin", applet));
  }
  await run(["chmod", "1777", join(root, "tmp")], root);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0::/:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnogroup:x:65534:\n");
  writeFileSync(join(root, "www/index.html"), "tiny\n");
}

async function run(argv: [string, ...string[]], cwd: string): Promise<string> {
  const outcome = await exec({ argv, cwd }, { timeoutMs: 120_000 });
  if (outcome.kind !== "ok") throw new Error(`${argv.join(" ")}: ${JSON.stringify(outcome)}`);
  return outcome.stdout;
}
