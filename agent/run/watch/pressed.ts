import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { pressureEvent } from "../../plan/watchdog/pressure-event.ts";
import type { Complaints } from "./complaints.ts";

const PRESSURE = "this machine does not tell how hard it is pressed";

/** How hard the machine is pressed, and how full the disk with the folder `state` is; undefined where it does not tell. */
export async function pressed(
  { machine }: Pick<Host, "machine">,
  state: string,
  complaints: Complaints,
): Promise<ReturnType<typeof pressureEvent> | undefined> {
  try {
    const disk = await machine.diskFree(state);
    const pressure = await machine.pressure();
    complaints.over(PRESSURE);
    return pressureEvent(pressure, disk);
  } catch (thrown) {
    complaints.about(PRESSURE, "warning", `${PRESSURE}: ${reason(thrown)}`);
    return undefined;
  }
}
