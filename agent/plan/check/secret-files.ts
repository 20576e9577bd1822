import type { Fault } from "../../config/fault.ts";
import { inConfig, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/**
 * Secrets arrive as files, and NAME_FILE says where. A program that knows only NAME would start without them. Of
 * finished images nothing can be said here.
 */
export function secretFiles(subject: Subject): Fault[] {
  const { config, dockerfiles } = subject;
  return Object.entries(config.secret).flatMap(([name, secret]) => {
    if (secret.deliver === "env") return [];
    const deaf = secret.for.filter((service) => {
      const build = dockerfiles.find(({ services }) => services.includes(service));
      return build !== undefined && !build.context.readsSecretFiles && !isTold(subject, service);
    });
    if (deaf.length === 0) return [];
    return [
      warning("secret-file-unread", inConfig(subject, ["secret", name]), {
        message: `nothing in the sources of ${deaf.join(" and ")} reads ${name}_FILE, by which ${name} is delivered`,
        hint: 'write deliver = "env" if the program reads the environment only',
      }),
    ];
  });
}

/** The compose file may point the program to the files by other means. */
function isTold({ model }: Subject, service: string): boolean {
  const { environment = {}, command, entrypoint } = model.services[service] ?? {};
  const words = [...Object.values(environment), ...[command ?? [], entrypoint ?? []].flat()];
  return words.some((word) => /\/run\/secrets|configtree:/.test(String(word)));
}
