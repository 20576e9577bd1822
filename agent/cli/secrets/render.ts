import { EXIT, type ExitCode, SoloflowError } from "../../core/errors.ts";
import { renderSecretsAlone } from "../../run/secrets/render-secrets-alone.ts";
import type { CliContext } from "../context.ts";
import { whichProject } from "../which-project.ts";

/** What systemd runs before Docker starts: memory is empty after a boot, and containers name folders in it. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, output, json } = context;
  const project = await whichProject(context);
  const { busy, rendered } = await renderSecretsAlone(host, project);
  if (json) output.json({ schema: 1, project: project.name, busy: busy ?? null, folders: rendered });
  if (busy !== undefined) {
    output.note(`nothing was written: ${busy} is at work and delivers the secrets itself`);
    return EXIT.done;
  }
  const failed = rendered.flatMap((each) =>
    each.state === "failed" ? [`${each.service}: ${each.reason}`] : [],
  );
  const written = rendered.filter(({ state }) => state === "written").length;
  const kept = rendered.length - written - failed.length;
  output.note(`${project.name}: ${written} folders of secrets written, ${kept} were there`);
  if (failed.length === 0) return EXIT.done;
  throw new SoloflowError("secrets", ["not all secrets could be written", ...failed].join("\n  "), {
    hint: `soloflow-agent deploy delivers them anew; the store says more: soloflow-agent secrets list`,
  });
}
