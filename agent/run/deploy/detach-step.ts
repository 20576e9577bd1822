import type { Colour } from "../../plan/colour.ts";
import { setAlone } from "../ingress-files.ts";
import { drain } from "./drain-step.ts";
import type { Execution } from "./execution.ts";

/**
 * Takes the standby from the ingress and waits until what it has begun is done: from now on it can stop without a
 * request lost. While it is in the ingress it may be asked at any moment, and a POST is never asked again.
 */
export async function detach(
  execution: Execution,
  service: string,
  standby: Colour,
  limitMs: number,
): Promise<void> {
  execution.done.push({ did: "detach", service });
  await setAlone(execution.host, execution.project, service, true);
  await drain(execution, service, standby, limitMs);
}
