import { EXIT, SoloflowError } from "../core/errors.ts";

export type User = { uid: number; gid: number };

/**
 * Who a container's process is: the compose file's `user`, else the image's, in numbers; that user owns its secrets.
 * Errors: SoloflowError "config" (exit 2) for a name, which only the image's own /etc/passwd could translate.
 */
export function serviceUser(service: string, composeUser: string | undefined, imageUser: string): User {
  const text = composeUser ?? imageUser;
  if (text === "" || text === "root" || text === "root:root") return { uid: 0, gid: 0 };
  const match = /^(\d+)(?::(\d+))?$/.exec(text);
  if (match?.[1] !== undefined) return { uid: Number(match[1]), gid: Number(match[2] ?? match[1]) };
  throw new SoloflowError("config", `service ${service} runs as "${text}", and its secrets need a number`, {
    hint: `find it with: docker run --rm --entrypoint id IMAGE; then write user: "UID:GID" in the compose file`,
    exitCode: EXIT.usage,
  });
}
