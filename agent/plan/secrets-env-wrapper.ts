import { SoloflowError } from "../core/errors.ts";
import { SECRETS_TARGET } from "./delivered.ts";

type Start = { entrypoint: string[]; command: string[] };

/**
 * For an app that reads a secret from its environment only: a start which exports the named files of
 * /run/secrets and becomes the app, so that neither the model nor `docker inspect` holds a value. The image needs
 * `sh` and `cat`. `entrypoint` and `command` are what would run without it: the service's own, else the image's,
 * because a service with an entrypoint loses the image's command. The result is not escaped for Compose
 * (`$` -> `$$`). A missing file ends the start with status 1. Nothing to export: what was given.
 */
export function envWrapper(
  entrypoint: readonly string[] | null,
  command: readonly string[] | null,
  names: readonly string[],
): Start {
  const argv = [...(entrypoint ?? []), ...(command ?? [])];
  if (names.length === 0) return { entrypoint: [...(entrypoint ?? [])], command: [...(command ?? [])] };
  if (argv.length === 0) {
    throw new SoloflowError("secrets-env", 'deliver = "env" needs to know what the container starts', {
      hint: "write entrypoint or command in the compose file",
    });
  }
  const script = [...names.map(exportLine), 'exec "$@"'].join("\n");
  return { entrypoint: ["sh", "-c", script, "sh"], command: argv };
}

/** The "." keeps newlines at the value's end, which `$( )` would drop. */
function exportLine(name: string): string {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new SoloflowError("secrets-env", `${JSON.stringify(name)} is no environment name`);
  }
  return `${name}=$(cat ${SECRETS_TARGET}/${name} && echo .) || exit 1\n${name}=\${${name}%.}\nexport ${name}`;
}
