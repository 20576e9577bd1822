import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import type { Machine } from "../plan/setup/machine.ts";
import { planSetup } from "../plan/setup/plan-setup.ts";
import { renderMachine, renderPlan, renderUpgrade } from "../plan/setup/render-setup.ts";
import { setupDocument } from "../plan/setup/setup-document.ts";
import type { SetupPlan } from "../plan/setup/setup-plan.ts";
import { executeSetup } from "../run/setup/execute-setup.ts";
import { observeMachine } from "../run/setup/observe-machine.ts";
import { type SetupHost, setupHost } from "../run/setup/setup-host.ts";
import { acquireSetupLock } from "../run/setup/setup-lock.ts";
import type { CliContext } from "./context.ts";

type Steps = Extract<SetupPlan, { kind: "steps" }>;

/** Makes this machine able to build and deploy, or says what a person has to do for it. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, signal } = context;
  const lock = host.uid === 0 ? await acquireSetupLock(host, context) : undefined;
  try {
    return await setUp(context, setupHost(host, signal, lock?.fd));
  } finally {
    lock?.release();
  }
}

async function setUp(context: CliContext, setup: SetupHost): Promise<ExitCode> {
  const machine = await observeMachine(setup);
  const plan = planSetup(machine);
  if (plan.kind !== "steps") {
    const ready = plan.kind === "ready";
    answer(context, machine, plan, ready ? "ready" : "manual");
    return ready ? EXIT.done : EXIT.usage;
  }
  if (!context.json) show(context, machine, plan);
  await consent(context, plan).catch((refused) => {
    if (context.json) context.output.json(setupDocument(machine, plan, "needed"));
    throw refused;
  });
  await executeSetup(setup, plan.steps, context.progress);
  const after = await observeMachine(setup);
  const rest = planSetup(after);
  if (rest.kind !== "ready")
    throw new SoloflowError("setup", `not all is there yet: ${renderPlan(rest).join("; ")}`, {
      hint: "an older program that comes first? `docker info` shows where the docker command finds its plugins",
    });
  if (context.json) context.output.json(setupDocument(after, plan, "done"));
  else context.output.line(`ready: ${renderMachine(after)}`);
  return EXIT.done;
}

function answer(context: CliContext, machine: Machine, plan: SetupPlan, result: "ready" | "manual"): void {
  if (context.json) context.output.json(setupDocument(machine, plan, result));
  else show(context, machine, plan);
}

function show({ output }: CliContext, machine: Machine, plan: SetupPlan): void {
  output.line(`${machine.system.name}: ${renderMachine(machine)}`);
  for (const line of renderPlan(plan)) output.line(line);
}

/**
 * `--yes` covers everything but stopping containers: that takes a typed word, or the flag that says just this.
 * Errors: SoloflowError "usage" (exit 2); nothing was changed.
 */
async function consent({ ask, yes, options }: CliContext, { upgrade }: Steps): Promise<void> {
  if (upgrade !== undefined && options.upgradeEngine !== true) {
    const typed = !yes && (await ask.typed(`${renderUpgrade(upgrade)}.`, "upgrade"));
    if (typed) return;
    throw declined(
      renderUpgrade(upgrade),
      "give --upgrade-engine when that may happen now; --yes does not cover it",
    );
  }
  if (await ask.confirm("Do this now?")) return;
  throw declined("nothing was changed", "soloflow-agent setup --yes does it without asking");
}

function declined(message: string, hint: string): SoloflowError {
  return new SoloflowError("usage", message, { hint, exitCode: EXIT.usage });
}
