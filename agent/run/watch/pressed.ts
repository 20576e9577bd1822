import { reason } from "../../core/errors.ts";
import type { Host } from "../../host/host.ts";
import { pressureEvent } from "../../plan/watchdog/pressure-event.ts";
import type { Speak } from "./speak.ts";

/** How hard the machine is pressed, and how full the disk with the folder `state` is; undefined where it does not tell. */
export async function pressed(
  { machine }: Pick<Host, "machine">,
  state: string,
  speak: Speak,
): Promise<ReturnType<typeof pressureEvent> | undefined> {
  try {
    const disk = await machine.diskFree(state);
    return pressureEvent(await machine.pressure(), disk);
  } catch (thrown) {
    speak("warning", `this machine does not tell how hard it is pressed: ${reason(thrown)}`);
    return undefined;
  }
}
