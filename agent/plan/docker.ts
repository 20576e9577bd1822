import type { Command } from "../core/command.ts";

/*
 * Command lines of the docker CLI. Arrays, never shell strings.
 */

/** Prints the resolved model as JSON. `files` and `envFile` are absolute paths. */
export function composeConfig(input: {
  files: readonly string[];
  project: string;
  envFile: string | undefined;
  cwd: string;
  env: Readonly<Record<string, string>>;
}): Command {
  const envFile = input.envFile === undefined ? [] : ["--env-file", input.envFile];
  const files = input.files.flatMap((file) => ["-f", file]);
  return {
    argv: ["docker", "compose", ...files, ...envFile, "-p", input.project, "config", "--format", "json"],
    cwd: input.cwd,
    env: input.env,
  };
}

/** Makes or recreates just these services of a model file and starts them, without looking at their dependencies. */
export function composeUp(modelFile: string, project: string, instances: readonly string[]): Command {
  return {
    argv: [
      ...(["docker", "compose", "--ansi", "never", "-p", project, "-f", modelFile] as const),
      ...["up", "--detach", "--no-deps", "--no-build", ...instances],
    ],
    // A person's COMPOSE_* settings are for the person's compose file, not for this model.
    env: { COMPOSE_IGNORE_ORPHANS: "true", COMPOSE_REMOVE_ORPHANS: "false", COMPOSE_PROFILES: "" },
  };
}

/** As `composeUp`, and makes them anew where nothing of their own has changed. */
export function composeRecreate(modelFile: string, project: string, instances: readonly string[]): Command {
  const { argv, ...rest } = composeUp(modelFile, project, []);
  return { ...rest, argv: [...argv, "--force-recreate", ...instances] };
}

export function composeDown(modelFile: string, project: string, volumes: boolean): Command {
  return {
    argv: [
      ...(["docker", "compose", "--ansi", "never", "-p", project, "-f", modelFile] as const),
      ...["down", ...(volumes ? ["--volumes"] : [])],
    ],
  };
}

export function composeLogs(
  modelFile: string,
  project: string,
  { instances, tail, follow }: { instances: readonly string[]; tail: number; follow: boolean },
): Command {
  return {
    argv: [
      ...(["docker", "compose", "-p", project, "-f", modelFile, "logs", "--timestamps"] as const),
      ...["--tail", String(tail), ...(follow ? ["--follow"] : []), ...instances],
    ],
  };
}

/** `terminal`: standard input and output are a person's. */
export function dockerExec(
  container: string,
  argv: readonly string[],
  { terminal }: { terminal: boolean },
): Command {
  return { argv: ["docker", "exec", "--interactive", ...(terminal ? ["--tty"] : []), container, ...argv] };
}
