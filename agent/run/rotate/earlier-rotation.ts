import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Store } from "../../host/store/store.ts";
import { giveUp } from "../../plan/rotate/give-up.ts";
import { isUnderWay } from "../../plan/rotate/machine.ts";
import { secretStates } from "../../plan/rotate/secret-states.ts";
import { abortable, retirable } from "../../plan/rotate/turn.ts";
import type { Rotation } from "../../plan/rotate/types.ts";
import { withOperation } from "../operation.ts";
import type { Project } from "../project.ts";
import { currentSecrets } from "./current-secrets.ts";
import { drive, lookAtClosing } from "./drive.ts";
import type { Rotating } from "./rotating.ts";
import { openRotations, putRotation } from "./rotation-record.ts";
import { lookingOf, type Settling, settleRotations, underJournal } from "./settle.ts";

/** What may be asked of a rotation that was begun earlier. */
export type Earlier = { do: "settle" } | OfOne;

type OfOne =
  | { do: "resume" | "abort" }
  | {
      do: "retire";
      name: string;
      /** Told what still stands on the former value, in words, where that is known; throws where somebody says no. */
      agree(standing: string | undefined): Promise<void>;
    };

type Options = { waitMs: number; progress: Progress; signal: AbortSignal };

/**
 * settle: takes back or finishes what was cut off, gives up what has soaked. resume: finishes what was cut off.
 * abort: takes it back, or after the commit has the old values issue again. retire: gives up the old value of a name at
 * once. Returns the rotations that were worked on. Errors: SoloflowError "rotation" (exit 2) where there is none such.
 */
export function seeToEarlier(
  host: Host,
  project: Project,
  asked: Earlier,
  options: Options,
): Promise<Rotation[]> {
  return withOperation(host, project, { kind: "rotate-secrets", ...options }, async (operation) => {
    const { progress, signal } = options;
    const settling: Settling = { host, project, operation, progress, signal };
    if (asked.do === "settle") return settleRotations(settling);
    // While one moves nothing else may be given up: it is seen to first.
    if (asked.do === "retire") await settleRotations(settling);
    const rotation = chosen(operation.store, asked);
    if (asked.do === "retire") await asked.agree(await standingOn(settling, rotation, asked.name));
    const retired = asked.do === "retire" ? [asked.name] : [];
    const work = asked.do === "abort" ? abort : drive;
    return [await underJournal(settling, (rotating) => work(rotating, rotation), { retired })];
  });
}

/** What would keep the former value in use if its time were over: "7 API keys …". */
async function standingOn(settling: Settling, rotation: Rotation, name: string): Promise<string | undefined> {
  const over = { ...rotation, cause: "asked", soakUntil: 0 } as const;
  const { waiting } = await lookAtClosing(lookingOf(settling), over);
  return waiting.find((each) => each.name === name)?.why;
}

function chosen(store: Pick<Store, "rotations">, asked: OfOne): Rotation {
  const open = openRotations(store);
  const found = which(open, asked);
  if (found !== undefined) return found;
  const none = {
    resume: "no rotation was interrupted",
    abort: "no rotation is under way or soaks",
    retire: "no former value of that name is still accepted",
  };
  throw new SoloflowError("rotation", none[asked.do], {
    hint: "soloflow-agent secrets list says what is accepted",
    exitCode: EXIT.usage,
  });
}

function which(open: readonly Rotation[], asked: OfOne): Rotation | undefined {
  switch (asked.do) {
    case "resume":
      return open.find(isUnderWay);
    case "abort":
      return abortable(open);
    case "retire":
      return retirable(open, asked.name);
    default:
      return asked satisfies never;
  }
}

async function abort(rotating: Rotating, rotation: Rotation): Promise<Rotation> {
  const { secrets, version } = await currentSecrets(rotating);
  const next = giveUp(rotation, { version, states: secretStates(secrets) }, "it was aborted");
  if (next !== undefined) {
    putRotation(rotating.store, next);
    return drive(rotating, next);
  }
  if (isUnderWay(rotation)) {
    rotating.progress.warn(`rotation ${rotation.id} cannot be taken back any more: it is brought to its end`);
    return drive(rotating, rotation);
  }
  throw new SoloflowError("rotation", `rotation ${rotation.id} cannot be taken back any more`, {
    hint: "soloflow-agent rotate-secrets --back NAME gives a name its earlier value in a new rotation",
    exitCode: EXIT.usage,
  });
}
