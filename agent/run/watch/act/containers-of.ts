import type { Container } from "../../../core/container.ts";
import { LABEL } from "../../../plan/labels.ts";
import { isOneOff } from "../../../plan/observed.ts";
import type { Acting } from "./acting.ts";

/** What stands for an instance by the engine's own word. */
export async function containersOf(
  { host, project }: Pick<Acting, "host" | "project">,
  instance: string,
): Promise<Container[]> {
  const found = await host.engine.containers([
    `${LABEL.composeProject}=${project.name}`,
    `${LABEL.composeService}=${instance}`,
  ]);
  return found.filter((each) => !isOneOff(each));
}
