import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import { eagerClientsIn } from "../../plan/check/eager-clients.ts";
import { holdsSecret } from "../../plan/check/secret-names.ts";
import type { ContextFacts } from "../../plan/check/subject.ts";
import { parseDotenv } from "../../plan/dotenv.ts";
import type { Instruction } from "../../plan/images/dockerfile.ts";
import { type ContextFilter, dockerignore } from "../../plan/images/dockerignore.ts";

type Build = {
  context: string;
  dockerfile: string;
  instructions: readonly Instruction[];
  shown: (path: string) => string;
};

const MADE = /(^|\/)(node_modules|\.next|\.git|dist|build|coverage|tests?|__tests__)(\/|$)/;
const MODULE = /\.(m?[jt]s|[jt]sx)$/;
/** Larger ones are generated. */
const MAX_MODULE_BYTES = 200_000;

/** The little that the rules want to know of a build context. */
export async function contextFacts(host: Pick<Host, "files">, build: Build): Promise<ContextFacts> {
  const names = (await host.files.list(build.context)) ?? [];
  const filter = await ignored(host, build);
  return {
    names,
    envFiles: copiesAll(build.instructions) ? await envFilesIn(host, build, names, filter) : [],
    eagerClients: await eagerClients(host, build, filter),
  };
}

function copiesAll(instructions: readonly Instruction[]): boolean {
  return instructions.some(({ name, rest }) => (name === "COPY" || name === "ADD") && /^\.\/?\s/.test(rest));
}

async function ignored(host: Pick<Host, "files">, build: Build): Promise<ContextFilter> {
  const own = await host.files.readText(`${build.dockerfile}.dockerignore`);
  return dockerignore(own ?? (await host.files.readText(join(build.context, ".dockerignore"))) ?? "");
}

/** Env files beside the Dockerfile that hold a secret and reach the build. */
async function envFilesIn(
  host: Pick<Host, "files">,
  build: Build,
  names: readonly string[],
  filter: ContextFilter,
): Promise<string[]> {
  const candidates = names.filter(
    (name) =>
      /^\.env(\.|$)/.test(name) && !/\.(example|sample|template|dist)$/.test(name) && !filter.excludes(name),
  );
  const found: string[] = [];
  for (const name of candidates) {
    const { entries } = parseDotenv((await host.files.readText(join(build.context, name))) ?? "");
    if (entries.some((entry) => entry.value !== "" && holdsSecret(entry.name, entry.value))) found.push(name);
  }
  return found;
}

/** Only of Next.js: its build loads every module. */
async function eagerClients(
  host: Pick<Host, "files">,
  { context, shown }: Build,
  filter: ContextFilter,
): Promise<ContextFacts["eagerClients"]> {
  const manifest = await host.files.readText(join(context, "package.json"));
  if (manifest === undefined || !/"next"\s*:/.test(manifest)) return [];
  const skips = (path: string): boolean => MADE.test(path) || filter.excludes(path);
  const entries = await host.files.scan(context, { excludes: skips, mayHoldMore: () => false });
  const found: ContextFacts["eagerClients"][number][] = [];
  for (const entry of entries) {
    if (entry.kind !== "file" || entry.size > MAX_MODULE_BYTES || !MODULE.test(entry.path)) continue;
    const file = join(context, entry.path);
    const text = (await host.files.readText(file)) ?? "";
    found.push(...eagerClientsIn(text).map((client) => ({ ...client, file: shown(file) })));
  }
  return found;
}
