import type { Fault } from "../../config/fault.ts";
import type { Instruction } from "../images/dockerfile.ts";
import { finalStages } from "./dockerfile-stages.ts";
import { inCompose, warning } from "./places.ts";
import type { DockerfileSource, Subject } from "./subject.ts";

/** How the container runs: who it is, and whether it hears that it is to stop. */
export function dockerfileRuntime(subject: Subject): Fault[] {
  return subject.dockerfiles
    .filter(({ services }) => services.length > 0)
    .flatMap((source) => {
      const chain = finalStages(source.instructions, source.target).flatMap((stage) => stage.instructions);
      return [...shellForm(subject, source, chain), ...runsAsRoot(subject, source, chain)];
    });
}

/** In the shell form the program is a child of sh, which passes no SIGTERM on: every stop waits and then kills. */
function shellForm(
  subject: Subject,
  { file, services }: DockerfileSource,
  chain: readonly Instruction[],
): Fault[] {
  const start =
    chain.findLast(({ name }) => name === "ENTRYPOINT") ?? chain.findLast(({ name }) => name === "CMD");
  const isOwn = services.every((name) => isOverridden(subject, name));
  if (start === undefined || isOwn || /^\[/.test(start.rest.trim()) || /^exec\s/.test(start.rest)) return [];
  return [
    warning(
      "dockerfile-shell-form",
      { file, line: start.line },
      {
        message: `${start.name} in the shell form: the program never hears SIGTERM, so requests in flight are cut off`,
        hint: `write it as a list: ${start.name} ["program", "argument"]`,
      },
    ),
  ];
}

function isOverridden({ model }: Subject, service: string): boolean {
  const { command, entrypoint } = model.services[service] ?? {};
  return (entrypoint ?? command ?? null) !== null;
}

/** The image's own base is not looked into: where it ends as another user is not known here, so this is a hint. */
function runsAsRoot(subject: Subject, { file }: DockerfileSource, chain: readonly Instruction[]): Fault[] {
  const user = chain.findLast(({ name }) => name === "USER");
  const isRoot = user === undefined || /^(root|0)(:|$)/.test(user.rest.trim());
  const image = subject.dockerfiles.find((one) => one.file === file);
  const affected = (image?.services ?? []).filter((name) => subject.model.services[name]?.user === undefined);
  if (!isRoot || affected.length === 0) return [];
  const place =
    user === undefined ? inCompose(subject, ["services", affected[0] ?? ""]) : { file, line: user.line };
  return [
    warning("runs-as-root", place, {
      message: `${affected.join(" and ")} runs as root, as far as ${file} says`,
      hint: "end the Dockerfile with USER 10001:10001 (any number but 0)",
    }),
  ];
}
