import { EXIT, type ExitCode } from "../core/errors.ts";
import { preview, renderPreview } from "../run/deploy/preview.ts";
import { loadProject } from "../run/load-project.ts";
import type { CliContext } from "./context.ts";

/** Exit code 0: nothing to do; 10: a deploy would do something. */
export async function run({ host, args, options, configFile, json, output }: CliContext): Promise<ExitCode> {
  const project = await loadProject(host, configFile);
  const result = await preview(host, project, args);
  if (json) {
    const { plan, images, pulls, secrets, visible, standbys, settings, history } = result;
    const services = plan.services.map(({ service, strategy, action, causes }) => ({
      ...{ name: service, strategy, action, causes },
      expectedMs: history[service] ?? null,
    }));
    output.json({
      schema: 1,
      project: plan.project,
      images,
      pulls,
      secrets,
      visible,
      services,
      standbys,
      settings,
      steps: plan.steps,
      drift: plan.drift,
    });
  } else {
    output.line(renderPreview(result, options.debug === true));
  }
  return result.isEmpty ? EXIT.done : EXIT.changes;
}
