import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { RotateOptions } from "../../run/rotate/rotate-secrets.ts";
import type { CliContext } from "../context.ts";

export type Wish = RotateOptions["wish"];

/** What the words and flags of `rotate-secrets` ask for. */
export type RotationAction =
  | { do: "rotate" | "preview"; wish: Wish }
  /** What was begun earlier; see `turn`. */
  | { do: "settle" | "resume" | "abort" }
  /** What it is time for; see `scheduled`. */
  | { do: "scheduled" }
  | { do: "retire"; name: string };

/** Errors: SoloflowError "usage" (exit 2) for what contradicts itself. */
export function rotationAction({ args, options }: Pick<CliContext, "args" | "options">): RotationAction {
  const chosen = (["settle", "resume", "abort", "retire", "scheduled"] as const).filter(
    (flag) => options[flag],
  );
  const picks = (["all", "due", "back"] as const).filter((flag) => options[flag]);
  const [earlier] = chosen;
  if (chosen.length + picks.length > 1)
    throw usage(`${[...chosen, ...picks].map((flag) => `--${flag}`).join(" and ")} exclude each other`);
  if (options.project !== undefined && earlier !== "scheduled")
    throw usage("--project goes with --scheduled");
  if (earlier !== undefined) {
    if (args.length > 0 || options.compromised) throw usage(`--${earlier} goes with nothing else`);
    return earlier === "retire" ? { do: earlier, name: String(options.retire) } : { do: earlier };
  }
  if (picks.length > 0 && args.length > 0) throw usage(`--${picks[0]} goes with no names`);
  return { do: options.dryRun ? "preview" : "rotate", wish: wishOf(args, options) };
}

function wishOf(names: readonly string[], options: CliContext["options"]): Wish {
  const compromised = options.compromised === true;
  if (options.back && compromised) throw usage("--back gives no new value to what leaked");
  if (options.back) return { which: "back", names: [String(options.back)], compromised };
  if (options.all) return { which: "all", names: [], compromised };
  if (names.length > 0) return { which: "named", names, compromised };
  if (compromised) throw usage("--compromised asks for names, or for --all");
  return { which: "due", names: [], compromised };
}

function usage(message: string): SoloflowError {
  return new SoloflowError("usage", message, {
    hint: "soloflow-agent rotate-secrets --help shows what it takes",
    exitCode: EXIT.usage,
  });
}
