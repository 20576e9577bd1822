import { planDocument } from "../../plan/rotate/plan-document.ts";
import { renderRotation } from "../../plan/rotate/render.ts";
import { loadProject } from "../../run/load-project.ts";
import { previewRotation } from "../../run/rotate/preview-rotation.ts";
import type { CliContext } from "../context.ts";
import type { Wish } from "./action.ts";

/** `--dry-run`: what it would do and cost. Nothing is written, no container is touched, no value is asked for. */
export async function preview(context: CliContext, wish: Wish): Promise<void> {
  const { host, configFile, json, output } = context;
  const project = await loadProject(host, configFile);
  const plan = await previewRotation(host, project, wish);
  if (json) output.json(planDocument(plan));
  else output.line(renderRotation(plan));
}
