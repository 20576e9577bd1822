import { join } from "node:path";
import type { Host } from "../../host/host.ts";
import type { BuildSecret } from "../../plan/images/build-command.ts";
import { buildNpmrc } from "../../plan/images/npmrc.ts";
import type { Project } from "../project.ts";

/** The machine's certificate authorities: Debian and its kin, then Red Hat's. */
export const CA_FILES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"] as const;

/** BuildKit refuses larger secrets. */
const MAX_SECRET_BYTES = 500 * 1024;

/** npm's global files on the usual prefixes; the user's own has the last word. */
const GLOBAL_NPMRC = ["/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc"] as const;

type SecretHost = Pick<Host, "files" | "env">;

/**
 * What a Dockerfile may mount to reach package registries as this machine does: `id=ca` and `id=npmrc`, each only
 * where there is something to give. The npmrc is written for the builds (0600, not on a disk) and is gone when
 * `work` has ended.
 */
export async function withBuildSecrets<T>(
  host: SecretHost,
  project: Project,
  work: (secrets: readonly BuildSecret[]) => Promise<T>,
): Promise<T> {
  const ca = await caFile(host);
  const secrets: BuildSecret[] = ca === undefined ? [] : [{ id: "ca", path: ca }];
  const npmrc = await npmrcOf(host);
  if (npmrc === "") return work(secrets);
  const path = join(project.paths.run, "build", "npmrc");
  await host.files.writeAtomic(path, npmrc);
  try {
    return await work([...secrets, { id: "npmrc", path }]);
  } finally {
    await host.files.remove(path);
  }
}

export async function caFile(host: Pick<Host, "files">): Promise<string | undefined> {
  for (const path of CA_FILES) {
    // A link on some machines, whose own size says nothing.
    const bytes = await host.files.readBytes(path);
    if (bytes !== undefined && bytes.length > 0 && bytes.length <= MAX_SECRET_BYTES) return path;
  }
  return undefined;
}

async function npmrcOf({ files, env }: SecretHost): Promise<string> {
  const own = env.npm_config_userconfig ?? env.NPM_CONFIG_USERCONFIG ?? join(env.HOME ?? "/", ".npmrc");
  const texts = await Promise.all([...GLOBAL_NPMRC, own].map((path) => files.readText(path)));
  return buildNpmrc(
    texts.filter((text) => text !== undefined),
    env,
  );
}
