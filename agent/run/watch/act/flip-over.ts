import { flip } from "../../ingress-files.ts";
import type { Intended } from "../memory.ts";
import type { Acting } from "./acting.ts";
import { type Acted, colourOf } from "./restart.ts";

/** Lets the warm standby serve, if it is still the life that the decision saw. */
export async function flipOver(acting: Acting, action: Extract<Intended, { type: "flip" }>): Promise<Acted> {
  const { host, project, began } = acting;
  const container = await host.engine.container(action.container);
  if (container?.state !== "running" || began(container) !== action.startedAt)
    return { outcome: { kind: "moot", why: `${action.instance} is not what it was` }, rest: undefined };
  await flip(host, project, action.service, colourOf(action.instance));
  return { outcome: { kind: "done", how: "standby", container: container.id }, rest: undefined };
}
