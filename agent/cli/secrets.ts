import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { CliContext } from "./context.ts";

type Action = {
  /** How many words may follow: fewest and most. */
  words: readonly [number, number];
  form: string;
  load(): Promise<{ run(context: CliContext, words: readonly string[]): Promise<ExitCode> }>;
};

const actions: Readonly<Record<string, Action>> = {
  list: { words: [0, 0], form: "list", load: () => import("./secrets/list.ts") },
  set: { words: [1, 1], form: "set NAME", load: () => import("./secrets/set.ts") },
  get: { words: [1, 1], form: "get NAME", load: () => import("./secrets/get.ts") },
  import: { words: [1, 1], form: "import FILE", load: () => import("./secrets/import.ts") },
  export: { words: [0, 1], form: "export [FILE]", load: () => import("./secrets/export.ts") },
  verify: { words: [0, 0], form: "verify", load: () => import("./secrets/verify.ts") },
  history: { words: [0, 1], form: "history [NAME]", load: () => import("./secrets/history.ts") },
  rekey: { words: [0, 0], form: "rekey", load: () => import("./secrets/rekey.ts") },
  render: { words: [0, 0], form: "render", load: () => import("./secrets/render.ts") },
  recover: { words: [0, 0], form: "recover", load: () => import("./secrets/recover.ts") },
};

/** `secrets <action> [names]`. */
export async function run(context: CliContext): Promise<ExitCode> {
  const [word = "", ...words] = context.args;
  const action = Object.hasOwn(actions, word) ? actions[word] : undefined;
  if (action === undefined) {
    const near = nearest(word, Object.keys(actions));
    throw usage(`unknown action "${word}"${near === undefined ? "" : `; did you mean "${near}"?`}`);
  }
  const [fewest, most] = action.words;
  if (words.length < fewest || words.length > most) {
    throw usage(`it is written: soloflow-agent secrets ${action.form}`);
  }
  return (await action.load()).run(context, words);
}

function usage(message: string): SoloflowError {
  const forms = Object.values(actions).map(({ form }) => form);
  return new SoloflowError("usage", message, { hint: `one of: ${forms.join(", ")}`, exitCode: EXIT.usage });
}
