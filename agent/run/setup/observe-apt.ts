import { EXIT, SoloflowError } from "../../core/errors.ts";
import {
  nextSuite,
  parseRepositories,
  preferencesFor,
  REPOSITORY_FORMAT,
  type Repository,
  sourcesWithNext,
} from "../../plan/setup/apt-repositories.ts";
import type { Apt, Packages, System } from "../../plan/setup/machine.ts";
import { DOCKER_PACKAGES } from "../../plan/setup/packages.ts";
import { parsePolicy } from "../../plan/setup/parse-apt.ts";
import { type PrivateApt, preparePrivateApt, privateApt, writeNext } from "./private-apt.ts";
import type { SetupHost } from "./setup-host.ts";

const FETCH = { timeoutMs: 300_000 };
const LOOK = { timeoutMs: 60_000 };

/**
 * What apt has and could have, from lists fetched for this alone: the machine's own are left as they are.
 * undefined without apt. Errors: SoloflowError "setup" when no list can be fetched.
 */
export async function observeApt(setup: SetupHost, system: System): Promise<Apt | undefined> {
  const there = await setup.try(["apt-get", "--version"], LOOK);
  if (there.kind === "missing") return undefined;
  await preparePrivateApt(setup);
  const own = privateApt(setup.paths.work, false);
  await setup.host.files.remove(`${setup.paths.work}/next.list`);
  const repositories = await fetchLists(setup, own);
  const { installed, candidates } = await policy(setup, own);
  return {
    installed,
    candidates,
    next: "docker-ce" in candidates ? undefined : await observeNext(setup, system, repositories),
    interrupted: await isInterrupted(setup),
    companions: await companions(setup),
  };
}

async function fetchLists(setup: SetupHost, apt: PrivateApt): Promise<Repository[]> {
  const fetched = await setup.try(["apt-get", "-q", ...apt.options, "update"], FETCH);
  const text = await setup.run(
    ["apt-get", ...apt.options, "indextargets", "--format", REPOSITORY_FORMAT, "Created-By: Packages"],
    LOOK,
  );
  const repositories = parseRepositories(text);
  if (repositories.length > 0) return repositories;
  const printed = "stderr" in fetched ? fetched.stderr : "";
  const errors = printed.split("\n").filter((line) => /^(E|W|Err)/.test(line));
  throw new SoloflowError(
    "setup",
    ["apt could fetch no list of packages", ...errors.slice(0, 5)].join("\n  "),
    {
      hint: "see that this machine has sources in /etc/apt and reaches them (apt-get update), then run setup again",
      exitCode: EXIT.failed,
    },
  );
}

async function policy(
  setup: SetupHost,
  apt: PrivateApt,
): Promise<{ installed: Packages; candidates: Packages }> {
  return parsePolicy(await setup.run(["apt-cache", ...apt.options, "policy", ...DOCKER_PACKAGES], LOOK));
}

async function observeNext(
  setup: SetupHost,
  system: System,
  repositories: readonly Repository[],
): Promise<Apt["next"]> {
  const suite = nextSuite(system);
  const keyring = await debianKeyring(setup);
  if (suite === undefined || system.codename === undefined || keyring === undefined) return undefined;
  const sources = sourcesWithNext(repositories, { codename: system.codename, suite, keyring });
  if (sources === "") return undefined;
  await writeNext(setup, { sources, preferences: preferencesFor(suite, DOCKER_PACKAGES) });
  const apt = privateApt(setup.paths.work, true);
  await fetchLists(setup, apt);
  const { candidates } = await policy(setup, apt);
  return { suite, candidates };
}

async function debianKeyring({ host }: SetupHost): Promise<string | undefined> {
  for (const ending of ["gpg", "pgp"]) {
    const path = `/usr/share/keyrings/debian-archive-keyring.${ending}`;
    if ((await host.files.stat(path)) !== undefined) return path;
  }
  return undefined;
}

/** dpkg's own journal is empty after a clean run; `--audit` names packages that are not configured. */
async function isInterrupted(setup: SetupHost): Promise<boolean> {
  const journal = await setup.host.files.list("/var/lib/dpkg/updates");
  if (journal?.some((name) => /^\d+$/.test(name)) === true) return true;
  return (await setup.run(["dpkg", "--audit"], LOOK)).trim() !== "";
}

async function companions({ host }: SetupHost): Promise<string[]> {
  const { files } = host;
  const names: string[] = [];
  const appArmor = await files.readText("/sys/module/apparmor/parameters/enabled");
  if (appArmor?.startsWith("Y") === true && (await files.stat("/usr/sbin/apparmor_parser")) === undefined)
    names.push("apparmor");
  if ((await files.stat("/etc/ssl/certs/ca-certificates.crt")) === undefined) names.push("ca-certificates");
  return names;
}
