/** One repository of apt's configuration, as `apt-get indextargets` describes it. */
export type Repository = { origin: string; release: string; component: string; uri: string };

/** The fields that `parseRepositories` reads, in its order; for `apt-get indextargets --format`. */
export const REPOSITORY_FORMAT = "$(ORIGIN)|$(RELEASE)|$(COMPONENT)|$(REPO_URI)";

/** Lines in REPOSITORY_FORMAT; others are left out. */
export function parseRepositories(text: string): Repository[] {
  return text.split("\n").flatMap((line) => {
    const [origin, release, component, uri] = line.split("|");
    if (origin === undefined || release === undefined || component === undefined || uri === undefined)
      return [];
    return [{ origin, release, component, uri }];
  });
}

/** Debian's releases whose next one has the missing packages, and runs beside them. */
const NEXT: Readonly<Record<string, string>> = { bookworm: "trixie" };

/** Suite of the release after `codename`, where setup may take packages from it. */
export function nextSuite(system: { id: string; codename: string | undefined }): string | undefined {
  return system.id === "debian" ? NEXT[system.codename ?? ""] : undefined;
}

/**
 * A sources.list with both releases, from the Debian archives that the machine uses for its own. Suites and
 * components stay as they are, only the release's name changes; "" when apt uses no Debian archive here.
 */
export function sourcesWithNext(
  repositories: readonly Repository[],
  { codename, suite, keyring }: { codename: string; suite: string; keyring: string },
): string {
  const lines = new Set<string>();
  for (const { origin, release, component, uri } of repositories) {
    const [, kind] = new RegExp(`^${codename}(-updates|-security)?$`).exec(release) ?? [undefined, undefined];
    const named = release === codename || kind !== undefined;
    if (origin !== "Debian" || component !== "main" || !named) continue;
    for (const name of [codename, suite])
      lines.add(`deb [signed-by=${keyring}] ${uri} ${name}${kind ?? ""} main\n`);
  }
  return [...lines].sort().join("");
}

/** Preferences under which apt takes `packages` from `suite` and never anything else. */
export function preferencesFor(suite: string, packages: readonly string[]): string {
  return [
    "Package: *",
    `Pin: release n=${suite}*`,
    "Pin-Priority: -1",
    "",
    `Package: ${packages.join(" ")}`,
    `Pin: release n=${suite}*`,
    "Pin-Priority: 990",
    "",
  ].join("\n");
}
