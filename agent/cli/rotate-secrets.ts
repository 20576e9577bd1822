import { EXIT, type ExitCode } from "../core/errors.ts";
import type { CliContext } from "./context.ts";
import { rotationAction } from "./rotate/action.ts";
import { preview } from "./rotate/preview.ts";
import { rotate } from "./rotate/rotate.ts";
import { scheduled } from "./rotate/scheduled.ts";
import { turn } from "./rotate/turn.ts";

/** Exchanges secrets while everything runs. */
export async function run(context: CliContext): Promise<ExitCode> {
  const action = rotationAction(context);
  switch (action.do) {
    case "preview":
      await preview(context, action.wish);
      return EXIT.done;
    case "rotate":
      return rotate(context, action.wish);
    case "scheduled":
      return scheduled(context);
    case "settle":
    case "resume":
    case "abort":
    case "retire":
      return turn(context, action);
    default:
      return action satisfies never;
  }
}
