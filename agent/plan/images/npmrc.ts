/** Settings that say where packages come from and who asks. Files and folders of this machine mean nothing in a build. */
const CARRIED =
  /^(registry|@[^:]+:registry|\/\/.+:(_authToken|_auth|username|_password|email|always-auth)|_auth|_authToken|(https?-)?proxy|noproxy|strict-ssl|replace-registry-host|fetch-[a-z-]+)$/;

/**
 * The npm configuration for a build: of the machine's npmrc files (the first has least to say) what says where
 * packages come from. `${NAME}` is filled in, since a build has no such variables. Empty where nothing is set.
 */
export function buildNpmrc(
  texts: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): string {
  const settings = new Map(texts.flatMap((text) => readSettings(text, env)));
  const registry = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY;
  if (registry !== undefined && registry !== "") settings.set("registry", registry);
  return [...settings].map(([key, value]) => `${key}=${value}\n`).join("");
}

function readSettings(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): [key: string, value: string][] {
  return text.split(/\r?\n/).flatMap((line): [string, string][] => {
    const [, key = "", value = ""] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (!CARRIED.test(key)) return [];
    const plain = value.replace(/^(["'])(.*)\1$/, "$2");
    return [[key, plain.replace(/\$\{([^}?]+)\??\}/g, (whole, name: string) => env[name] ?? whole)]];
  });
}
