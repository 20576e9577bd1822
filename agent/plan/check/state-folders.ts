import type { Fault } from "../../config/fault.ts";
import { MACHINE, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** Root and a user each have a state folder of their own: two of one project know nothing of each other. */
export function stateFolders({ machine, config }: Subject): Fault[] {
  if (machine.stateFolders.length < 2) return [];
  return [
    warning("state-folders", MACHINE, {
      message: `${config.project} has two state folders: ${machine.stateFolders.join(" and ")}`,
      hint: "always call soloflow-agent as the same user, and remove the folder that is not in use",
    }),
  ];
}
