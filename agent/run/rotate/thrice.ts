import { SoloflowError } from "../../core/errors.ts";
import type { Clock } from "../../host/clock.ts";

const TRIES = 3;
const PAUSE_MS = 500;

/** Another system may be busy for a moment: what fails is tried three times. Errors: the last one. */
export async function thrice<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof SoloflowError) || tries === TRIES) throw thrown;
      await clock.sleep(PAUSE_MS);
    }
  }
}
