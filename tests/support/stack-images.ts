import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { canonicalJson, sha256 } from "../../agent/core/canonical.ts";
import { exec } from "../../agent/host/exec.ts";

const STACK = join(import.meta.dir, "../../stack");
const RECIPE = join(STACK, "images/rootfs.sh");
const LABEL = "sft.inputs";

const FOLDERS = {
  base: "images/base",
  bun: "images/bun",
  node: "images/node",
  database: "database",
  ingress: "ingress",
  adminer: "pgadmin",
} as const;

export type StackImage = keyof typeof FOLDERS;
export const STACK_IMAGES = Object.keys(FOLDERS) as StackImage[];

const made = new Map<StackImage, Promise<string>>();

/**
 * Name of an image of the stack that is made of Debian packages (`soloflow/NAME`), built with its recipe unless
 * there is one of the same inputs. All but the base are built on the base. Images stay: the next run wants them.
 */
export function stackImage(name: StackImage): Promise<string> {
  const image = made.get(name) ?? ensure(name);
  made.set(name, image);
  return image;
}

async function ensure(name: StackImage): Promise<string> {
  const image = `soloflow/${name}`;
  const base = name === "base" ? "" : await inspect(await stackImage("base"), "{{.Id}}");
  const inputs = sha256(canonicalJson([base, readFileSync(RECIPE, "utf8"), texts(folderOf(name))]));
  const format = `{{index .Config.Labels "${LABEL}"}}`;
  const there = await exec(
    { argv: ["docker", "image", "inspect", "-f", format, image] },
    { timeoutMs: 20_000 },
  );
  if (there.kind === "ok" && there.stdout.trim() === inputs) return image;
  await build(name, image, inputs);
  return image;
}

async function build(name: StackImage, image: string, inputs: string): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), "sft-image-"));
  const folder = folderOf(name);
  try {
    const rootfs = join(work, "rootfs");
    await run(["sh", RECIPE, folder, rootfs]);
    const label = `${LABEL}=${inputs}`;
    const context = `rootfs=${rootfs}`;
    await run(["docker", "build", "-q", "--build-context", context, "--label", label, "-t", image, folder]);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

export const folderOf = (name: StackImage): string => join(STACK, FOLDERS[name]);

function texts(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), "utf8")]),
  );
}

/** What `docker image inspect` says of an image, in Go's template language. */
export async function inspect(image: string, format: string): Promise<string> {
  return (await run(["docker", "image", "inspect", "-f", format, image])).trim();
}

async function run(argv: [string, ...string[]]): Promise<string> {
  const outcome = await exec({ argv }, { timeoutMs: 300_000 });
  if (outcome.kind !== "ok") throw new Error(`${argv.join(" ")}: ${JSON.stringify(outcome)}`);
  return outcome.stdout;
}
