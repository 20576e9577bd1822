import { chooseSource, type Source } from "./choose-source.ts";
import { causeOf, lacking, versionOf } from "./lacking.ts";
import type { Machine } from "./machine.ts";
import { manualPlan } from "./manual-plan.ts";
import { enginePackage } from "./packages.ts";
import type { SetupPlan, SetupStep, Upgrade } from "./setup-plan.ts";
import { shadowedBy } from "./shadowed-by.ts";

/**
 * What makes the machine able to build and deploy. Pieces that are recent enough are used as they are;
 * the empty plan is "ready". A plan made on the result of its own steps is "ready".
 */
export function planSetup(machine: Machine): SetupPlan {
  const { engine } = machine;
  if (engine.state === "denied")
    return { kind: "root", cause: "this user may not talk to the Docker engine" };
  const lacks = lacking(machine);
  const running = engine.state === "running";
  if (lacks.length === 0 && running && machine.unfinished === undefined) return { kind: "ready" };
  const cause = causeOf(lacks);
  if (!machine.root) return { kind: "root", cause };
  if (!machine.cgroups && !running)
    return manualPlan(machine, "no control groups are mounted, and no engine starts without them");
  const shadow = shadowedBy(machine, lacks);
  if (shadow !== undefined) return shadow;
  if (lacks.length === 0) return stepsPlan(machine, undefined);
  const source = machine.apt === undefined ? undefined : chooseSource(machine, machine.apt, lacks);
  if (source?.kind !== "source")
    return manualPlan(machine, source === undefined ? cause : `${cause}; ${source.cause}`);
  return stepsPlan(machine, { source, cause });
}

type Installation = { source: Source; cause: string };

function stepsPlan(machine: Machine, installation: Installation | undefined): SetupPlan {
  const engine = enginePackage(installation?.source.packages ?? []);
  const wantsEngine = engine !== undefined;
  const steps: SetupStep[] = [];
  if (machine.apt?.interrupted === true)
    steps.push({ kind: "repair", cause: "an installation of packages was cut off in the middle" });
  if (installation !== undefined) steps.push(installStep(machine, installation, wantsEngine));
  const held = new Set([...(machine.unfinished ?? []), ...namesToHold(installation, wantsEngine)]);
  if (held.size > 0) steps.push(holdStep([...held]));
  if (machine.engine.state !== "running" || wantsEngine) steps.push(startStep(machine, wantsEngine));
  return {
    kind: "steps",
    steps,
    upgrade: engine === undefined ? undefined : upgradeOf(machine, engine.version),
  };
}

function installStep(machine: Machine, { source, cause }: Installation, wantsEngine: boolean): SetupStep {
  return {
    kind: "install",
    source: source.source,
    packages: source.packages,
    companions: wantsEngine ? (machine.apt?.companions ?? []) : [],
    cause: `${cause}; ${source.cause}`,
  };
}

/** containerd comes along with the engine, of the same release. */
function namesToHold(installation: Installation | undefined, wantsEngine: boolean): string[] {
  if (installation?.source.source.from !== "next") return [];
  const names = installation.source.packages.map((each) => each.name);
  return wantsEngine ? [...names, "containerd"] : names;
}

function holdStep(packages: readonly string[]): SetupStep {
  const cause = "they are of a later release, so no upgrade of this machine is to touch them";
  return { kind: "hold", packages, cause };
}

function startStep({ systemd, engine }: Machine, newEngine: boolean): SetupStep {
  const replace = newEngine && engine.state === "running";
  const cause = replace ? "the engine that runs is still the old one" : "the engine has to run";
  return systemd
    ? { kind: "start", by: "systemd", replace, cause: replace ? cause : `${cause}, now and after a reboot` }
    : { kind: "start", by: "dockerd", replace, cause: `${cause}, and systemd does not run this machine` };
}

function upgradeOf(machine: Machine, to: string): Upgrade | undefined {
  const from = versionOf(machine, "engine");
  if (from === undefined || !("containers" in machine.engine)) return undefined;
  const { containers } = machine.engine;
  return containers === 0 ? undefined : { from, to, containers };
}
