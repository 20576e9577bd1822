import { STATE_ROOT } from "./places.ts";

/** One line of shell that starts the stack where there is no agent; docs/without-the-agent.md says what it needs. */
export function breakGlass(project: string): string {
  const compose = `docker compose --project-name ${project} --file ${STATE_ROOT}/${project}/model.json`;
  return `${compose} up --detach --no-deps --no-recreate $(${compose} ps --all --services)`;
}
