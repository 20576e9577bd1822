import type { Fault } from "../../config/fault.ts";
import type { Instruction } from "../images/dockerfile.ts";
import { assignmentsOf, finalStages } from "./dockerfile-stages.ts";
import { error, warning } from "./places.ts";
import { holdsSecret, isMock } from "./secret-names.ts";
import type { DockerfileSource, Subject } from "./subject.ts";

/** Secrets that the agent's builds can mount: certificates and npm's settings of this machine. */
const MOUNTABLE = new Set(["ca", "npmrc"]);

/** Whatever stands in ENV or ARG stays in the image and its history, for everybody who has it. */
export function dockerfileSecrets({ dockerfiles }: Subject): Fault[] {
  return dockerfiles.flatMap((source) => {
    const final = new Set(
      finalStages(source.instructions, source.target).flatMap((stage) => stage.instructions),
    );
    return source.instructions.flatMap((instruction) => {
      if (instruction.name === "ENV" || instruction.name === "ARG") {
        return assigned(source, instruction, final.has(instruction));
      }
      return instruction.name === "RUN" ? mounted(source, instruction) : [];
    });
  });
}

function assigned(source: DockerfileSource, instruction: Instruction, isFinal: boolean): Fault[] {
  const place = { file: source.file, line: instruction.line };
  const where = instruction.name;
  return assignmentsOf(instruction).flatMap(({ name, value }) => {
    if (!holdsSecret(name, value ?? "") || /\$\{?\w/.test(value ?? "")) return [];
    if (value === undefined) return [declared(source, name, place)].filter((fault) => fault !== undefined);
    if (value === "") return [];
    if (!isMock(value)) {
      return [
        error("dockerfile-secret", place, {
          message: `${where} ${name} puts a secret into the image, where everybody who has it can read it`,
          hint: "give the build a mock value that says so (build-time-mock), and the container the real one as a secret",
        }),
      ];
    }
    if (where === "ARG" || !isFinal) return [];
    return [
      warning("dockerfile-mock", place, {
        message: `${name} has a mock value in the final stage: it goes live wherever the real one is forgotten`,
        hint: "set it in the build stage only",
      }),
    ];
  });
}

/** An ARG without a default: harmless by itself, a leak as soon as somebody gives it. */
function declared(
  source: DockerfileSource,
  name: string,
  place: { file: string; line: number },
): Fault | undefined {
  const given = source.args[name];
  if (given !== undefined && given !== "" && isMock(given)) return undefined;
  if (given !== undefined && given !== "") {
    return error("build-needs-secret", place, {
      message: `the build is given the secret ${name} as an argument: it stays in the image's history`,
      hint: `build with a mock value: ARG ${name}=build-time-mock, and give the container the real one`,
    });
  }
  return warning("build-needs-secret", place, {
    message: `the build asks for the secret ${name}, and nothing gives it`,
    hint: `a mock value is enough for a build: ARG ${name}=build-time-mock`,
  });
}

/** `--mount=type=secret`: the right form, as long as somebody provides it. */
function mounted({ file }: DockerfileSource, { flags, line }: Instruction): Fault[] {
  return flags.flatMap((flag) => {
    const mount = /^--mount=(.*)$/.exec(flag)?.[1]?.split(",") ?? [];
    if (!mount.includes("type=secret") || !mount.some((part) => /^required(=true)?$/.test(part))) return [];
    const id = mount.find((part) => part.startsWith("id="))?.slice("id=".length) ?? "";
    if (MOUNTABLE.has(id)) return [];
    return [
      error(
        "build-needs-secret",
        { file, line },
        {
          message: `the build cannot go on without the secret ${id}, which a build is never given`,
          hint: "leave out required, and build with a mock value",
        },
      ),
    ];
  });
}
