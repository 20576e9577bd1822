import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { parseRepositories, REPOSITORY_FORMAT } from "../../../agent/plan/setup/apt-repositories.ts";
import { privateApt } from "../../../agent/run/setup/private-apt.ts";
import { must } from "./must.ts";

const KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** apt with lists of its own below `work`, fetched now from the machine's own sources. */
export async function freshApt(work: string): Promise<readonly string[]> {
  for (const folder of ["lists/partial", "archives/partial"])
    mkdirSync(join(work, folder), { recursive: true });
  const { options } = privateApt(work, false);
  await must(["apt-get", "-qq", ...options, "update"]);
  return options;
}

/** Lines of a sources.list for a release of Debian, on the mirrors that this machine uses for Debian. */
export async function debianSources(options: readonly string[], codename: string): Promise<string> {
  const format = ["indextargets", "--format", REPOSITORY_FORMAT, "Created-By: Packages"];
  const repositories = parseRepositories(await must(["apt-get", ...options, ...format]));
  const debian = repositories.filter(({ origin, component }) => origin === "Debian" && component === "main");
  const uris = (kind: RegExp) =>
    new Set(debian.filter(({ release }) => kind.test(release)).map(({ uri }) => uri));
  const line = (uri: string, suite: string) => `deb [signed-by=${KEYRING}] ${uri} ${suite} main\n`;
  return [
    ...[...uris(/^[a-z]+$/)].map((uri) => line(uri, codename) + line(uri, `${codename}-updates`)),
    ...[...uris(/^[a-z]+-security$/)].map((uri) => line(uri, `${codename}-security`)),
  ].join("");
}
