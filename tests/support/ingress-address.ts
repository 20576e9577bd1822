import type { TestProject } from "./test-project.ts";

/** Address of one container on the network of the ingress. */
export function addressOf(project: TestProject, instance: string): Promise<string> {
  const network = `${project.name}_soloflow-ingress`;
  return project.inspect(instance, `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`);
}
