import type { Fault } from "../../config/fault.ts";
import { error, warning } from "./places.ts";
import type { DockerfileSource, Subject } from "./subject.ts";

/** What a build takes from its context that it should not, or cannot do without. */
export function dockerfileContext({ dockerfiles }: Subject): Fault[] {
  return dockerfiles.flatMap((source) => [...envFilesCopied(source), ...eagerClients(source)]);
}

/** An env file that is copied in is in the image for good. */
function envFilesCopied({ file, instructions, context }: DockerfileSource): Fault[] {
  const copies = instructions.filter(
    ({ name, flags }) =>
      (name === "COPY" || name === "ADD") && !flags.some((flag) => flag.startsWith("--from=")),
  );
  const named = copies.find(({ rest }) =>
    /(^|[\s/"])\.env(\.(?!example|sample|template|dist)[\w.-]+)?([\s"]|$)/.test(rest),
  );
  if (named !== undefined) {
    return [
      error(
        "dockerfile-env-file",
        { file, line: named.line },
        {
          message: "an env file is copied into the image, with every secret in it",
          hint: "remove it; the container gets its values when it starts",
        },
      ),
    ];
  }
  const whole = copies.find(({ rest }) => /^\.\/?\s/.test(rest));
  if (whole === undefined || context.envFiles.length === 0) return [];
  return [
    error(
      "dockerfile-env-file",
      { file, line: whole.line },
      {
        message: `COPY . takes ${context.envFiles.join(", ")} into the image`,
        hint: "add .env* to .dockerignore",
      },
    ),
  ];
}

/** `next build` loads every module: a client that is made there wants its secret during the build. */
function eagerClients({ file, instructions, context }: DockerfileSource): Fault[] {
  const build = instructions.find(
    ({ name, rest }) => name === "RUN" && /\bnext\s+build\b|\brun\s+build\b/.test(rest),
  );
  if (build === undefined) return [];
  return context.eagerClients
    .filter(
      ({ secret }) =>
        !instructions.some(({ name, rest }) => /^(ENV|ARG)$/.test(name) && rest.includes(secret)),
    )
    .map((client) =>
      warning(
        "build-needs-secret",
        { file: client.file, line: client.line },
        {
          message: `${secretIsRead(client.secret)}, and the build (${file}:${build.line}) loads every module: it fails without`,
          hint: `give the build a mock value, never the real one: ARG ${client.secret}=build-time-mock before the RUN`,
        },
      ),
    );
}

function secretIsRead(secret: string): string {
  return `${secret} is read as soon as this module is loaded`;
}
