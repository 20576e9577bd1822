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

const MADE = /(^|\/)(node_modules|\.next|\.git|dist|build|target|vendor|coverage|tests?|__tests__)(\/|$)/;
const MODULE = /\.(m?[jt]s|[jt]sx)$/;
const SOURCE =
  /\.(m?[jt]s|[jt]sx|cjs|java|kt|scala|py|go|rb|php|rs|cs|ex|sh|ya?ml|properties|toml|conf|xml)$|(^|\/)Dockerfile[^/]*$/;
const READS_FILES = /\w_FILE\b|`_FILE`|["']_FILE["']|\}_FILE\b|\/run\/secrets|configtree:/;
/** Larger ones are generated. */
const MAX_SOURCE_BYTES = 200_000;
/** A check is no code search: what is not found in so many files is not looked for further. */
const MAX_SOURCES = 3_000;

/** The little that the rules want to know of a build context. */
export async function contextFacts(host: Pick<Host, "files">, build: Build): Promise<ContextFacts> {
  const names = (await host.files.list(build.context)) ?? [];
  const filter = await ignored(host, build);
  return {
    names,
    envFiles: copiesAll(build.instructions) ? await envFilesIn(host, build, names, filter) : [],
    ...(await sourceFacts(host, build, filter)),
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

async function sourceFacts(
  host: Pick<Host, "files">,
  { context, shown }: Build,
  filter: ContextFilter,
): Promise<Pick<ContextFacts, "readsSecretFiles" | "eagerClients">> {
  const manifest = (await host.files.readText(join(context, "package.json"))) ?? "";
  // Only the build of Next.js loads every module.
  const isNext = /"next"\s*:/.test(manifest);
  let readsSecretFiles = false;
  const eagerClients: ContextFacts["eagerClients"][number][] = [];
  for (const path of await sourcesIn(host, context, filter)) {
    if (readsSecretFiles && !(isNext && MODULE.test(path))) continue;
    const file = join(context, path);
    const text = (await host.files.readText(file)) ?? "";
    readsSecretFiles ||= READS_FILES.test(text);
    if (!isNext || !MODULE.test(path)) continue;
    eagerClients.push(...eagerClientsIn(text).map((client) => ({ ...client, file: shown(file) })));
  }
  return { readsSecretFiles, eagerClients };
}

/** Source files that a person wrote, relative to the context; none where there is no such folder. */
async function sourcesIn(
  host: Pick<Host, "files">,
  context: string,
  filter: ContextFilter,
): Promise<string[]> {
  if ((await host.files.stat(context)) === undefined) return [];
  const excludes = (path: string): boolean => MADE.test(path) || filter.excludes(path);
  const entries = await host.files.scan(context, { excludes, mayHoldMore: () => false });
  return entries
    .flatMap((entry) =>
      entry.kind === "file" && entry.size <= MAX_SOURCE_BYTES && SOURCE.test(entry.path) ? [entry.path] : [],
    )
    .slice(0, MAX_SOURCES);
}
