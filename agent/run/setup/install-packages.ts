import { join } from "node:path";
import { SoloflowError } from "../../core/errors.ts";
import type { Step } from "../../core/progress.ts";
import { unwantedChanges } from "../../plan/setup/apt-simulation.ts";
import { DOCKER_PACKAGES } from "../../plan/setup/packages.ts";
import type { SetupStep } from "../../plan/setup/setup-plan.ts";
import { privateApt } from "./private-apt.ts";
import type { SetupHost } from "./setup-host.ts";

type Install = Extract<SetupStep, { kind: "install" }>;

const SIMULATE = { timeoutMs: 120_000 };
/** 90 MB over a slow line, and a slow disk. */
const INSTALL = { timeoutMs: 1_800_000 };

const INSTALL_ARGUMENTS = [
  ...["--yes", "--no-install-recommends", "--allow-change-held-packages"],
  ...["-o", "Dpkg::Options::=--force-confdef", "-o", "Dpkg::Options::=--force-confold"],
];

/**
 * Installs just these packages and what they need. It is tried on paper first: where it would upgrade or remove
 * anything else, nothing is done. Errors: SoloflowError "setup".
 */
export async function installPackages(setup: SetupHost, install: Install, step: Step): Promise<void> {
  const { options } = privateApt(setup.paths.work, install.source.from === "next");
  const names = [...install.packages.map((each) => each.name), ...install.companions];
  const command = ["apt-get", ...options, ...INSTALL_ARGUMENTS] as const;
  const simulated = await setup.run([...command, "--simulate", "install", ...names], SIMULATE);
  const unwanted = unwantedChanges(simulated, DOCKER_PACKAGES);
  if (unwanted.length > 0)
    throw new SoloflowError("setup", `installing ${names.join(", ")} would also ${unwanted.join(", ")}`, {
      hint: "bring the machine up to date first (apt-get upgrade), or install Docker as its documentation says",
    });
  await setup.run([...command, "install", ...names], { ...INSTALL, onLine: (line) => step.detail(line) });
}

/** Finishes what a cut-off dpkg left: first what is unpacked, then what it still needs. */
export async function repairPackages(setup: SetupHost, step: Step): Promise<void> {
  const onLine = (line: string) => step.detail(line);
  await setup.try(["dpkg", "--force-confdef", "--force-confold", "--configure", "-a"], {
    ...INSTALL,
    onLine,
  });
  const next = (await setup.host.files.stat(join(setup.paths.work, "next.list"))) !== undefined;
  const { options } = privateApt(setup.paths.work, next);
  const command = ["apt-get", ...options, ...INSTALL_ARGUMENTS, "--fix-broken"] as const;
  await setup.run([...command, "install"], { ...INSTALL, onLine });
}
