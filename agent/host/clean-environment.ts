type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables that change what a child does behind the agent's back.
 * BUN_*, NODE_OPTIONS: load a stranger's code into any child that is itself a Bun or Node program.
 * DOCKER_BUILDKIT, BUILDX_BUILDER, DOCKER_DEFAULT_PLATFORM: build with another builder, whose image never
 * arrives in the engine, or for another machine.
 * COMPOSE_REMOVE_ORPHANS: deletes containers that the agent did not name.
 * What says *which* engine and credentials (DOCKER_HOST, DOCKER_CONTEXT, DOCKER_CONFIG, …) stays: it is the
 * operator's choice, and the engine client honours it too.
 */
const FORBIDDEN =
  /^(BUN_.*|NODE_OPTIONS|DOCKER_BUILDKIT|BUILDX_BUILDER|DOCKER_DEFAULT_PLATFORM|COMPOSE_REMOVE_ORPHANS)$/;

/** The environment without what could steer the agent's children, and without what is unset. */
export function cleanEnvironment(environment: Environment): Record<string, string> {
  const clean: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !FORBIDDEN.test(name)) clean[name] = value;
  }
  return clean;
}
