import type { Fault } from "../../config/fault.ts";
import { oldForm } from "./dockerfile-stages.ts";
import { warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** `ENV name value`: the form without "=" sets one name a line, swallows the rest, and is on its way out. */
export function oldEnvForm({ dockerfiles }: Subject): Fault[] {
  return dockerfiles.flatMap(({ file, instructions }) =>
    instructions.flatMap(({ name, rest, line }) => {
      const old = name === "ENV" ? oldForm(rest) : undefined;
      if (old === undefined) return [];
      return [
        warning(
          "dockerfile-env-form",
          { file, line },
          {
            message: `ENV ${old.name} is in the old form without "="`,
            hint: `write ENV ${old.name}=…`,
          },
        ),
      ];
    }),
  );
}
