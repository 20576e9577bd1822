import { join } from "node:path";
import type { Limits, Outcome } from "../../core/command.ts";
import { SoloflowError } from "../../core/errors.ts";
import type { ImageSpec } from "../../plan/images/image-spec.ts";
import { type RecipeRun, recipeInContainer, recipeOnMachine } from "../../plan/images/recipe-command.ts";
import { caFile } from "./build-secrets.ts";
import { imageSlug, workFolder } from "./image-files.ts";
import { endedBadly } from "./outcome-error.ts";
import { pullImages } from "./pull-images.ts";
import type { BuildSetting } from "./setting.ts";

const TIMEOUT_MS = 15 * 60_000;
const TAIL_LINES = 15;

/** Where recipes run on a machine that is no Debian. */
const DEBIAN = "debian:trixie-slim";

/**
 * Runs the recipe of an image and gives the folder that it made. On a Debian-like machine it runs for root as it is,
 * else in a Debian container. Errors: SoloflowError "recipe" with the last lines that it printed.
 */
export async function makeRootfs(
  setting: BuildSetting,
  spec: ImageSpec,
  recipe: string,
  detail: (text: string) => void,
): Promise<string> {
  const { files } = setting.host;
  const folder = workFolder(setting.project, spec.name);
  const { cache } = setting.project.paths;
  await files.makeFolder(folder);
  const run: RecipeRun = { recipe, context: spec.context, folder, cache };
  const onLine = (line: string) => detail(`packages | ${line.trim()}`);
  const limits: Limits = { timeoutMs: TIMEOUT_MS, signal: setting.signal, onLine };
  const outcome = (await runsHere(setting))
    ? await setting.exec(recipeOnMachine(run, process.execPath), limits)
    : await inContainer(setting, spec, run, limits);
  if (outcome.kind === "ok") return join(folder, "rootfs");
  throw endedBadly(outcome, `the recipe of ${spec.name}`, TIMEOUT_MS) ?? recipeError(spec, outcome);
}

/** apt and dpkg with the key that signs Debian's archives; a Debian without the key could check no signature. */
async function runsHere({ host }: BuildSetting): Promise<boolean> {
  if (host.uid !== 0) return false;
  const tools = ["/usr/bin/apt-get", "/usr/bin/dpkg-deb"].map((path) => host.files.stat(path));
  if ((await Promise.all(tools)).includes(undefined)) return false;
  const keyrings = (await host.files.list("/usr/share/keyrings")) ?? [];
  return keyrings.some((name) => name.startsWith("debian-archive-keyring."));
}

async function inContainer(
  setting: BuildSetting,
  spec: ImageSpec,
  run: RecipeRun,
  limits: Limits,
): Promise<Outcome> {
  const { host, project, exec } = setting;
  await pullDebian(setting, spec);
  const name = `soloflow-recipe-${project.config.project}-${imageSlug(spec.name)}`;
  // Left by an agent that was killed.
  await host.engine.remove(name, { force: true });
  const container = {
    ...{ image: DEBIAN, name, uid: host.uid },
    ...{ bun: process.execPath, ca: await caFile(host) },
  };
  const outcome = await exec(recipeInContainer(run, container), limits);
  if (outcome.kind === "killed") await host.engine.remove(name, { force: true });
  return outcome;
}

async function pullDebian(setting: BuildSetting, spec: ImageSpec): Promise<void> {
  try {
    await pullImages(setting, [DEBIAN]);
  } catch (thrown) {
    if (!(thrown instanceof SoloflowError) || thrown.code !== "pull") throw thrown;
    throw new SoloflowError(
      "recipe",
      `${spec.name} is made of Debian packages; this machine is no Debian${setting.host.uid === 0 ? "" : " (or you are not root)"}, and ${thrown.message}`,
      { hint: `run as root on Debian, or bring ${DEBIAN} here with \`docker load\``, cause: thrown },
    );
  }
}

function recipeError(spec: ImageSpec, outcome: Outcome): SoloflowError {
  const output = outcome.kind === "failed" ? `${outcome.stdout}\n${outcome.stderr}` : "";
  const lines = output.split("\n").filter((line) => line.trim() !== "");
  const hint = lines.findLast((line) => line.startsWith("hint: "))?.slice("hint: ".length);
  const tail = lines.filter((line) => !line.startsWith("hint: ")).slice(-TAIL_LINES);
  return new SoloflowError(
    "recipe",
    [`the recipe of ${spec.name} failed (${spec.recipe}):`, ...tail.map((line) => `  ${line}`)].join("\n"),
    { hint: hint ?? `try it by hand: sh ${spec.recipe} ${spec.context} /tmp/out` },
  );
}
