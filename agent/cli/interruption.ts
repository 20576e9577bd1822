import { EXIT } from "../core/errors.ts";

type Process = {
  on(signal: "SIGINT" | "SIGTERM" | "SIGHUP", handler: () => void): unknown;
  stderr: { write(text: string): unknown };
  exit(code: number): void;
};

/**
 * Ctrl-C at a terminal may come twice for one press: the kernel sends it to the whole group, and what started the
 * agent (npm, sudo) hands it on. No person presses again this quickly, milliseconds.
 */
const SAME_PRESS_MS = 300;

/**
 * Aborted by the first SIGINT, SIGTERM or SIGHUP: what runs then puts back what it did. A second SIGINT or SIGTERM
 * ends the process at once with exit code 1; a second SIGHUP does not, a closed terminal sends several.
 */
export function interruption(process: Process): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      const now = performance.now();
      firstAt ??= now;
      controller.abort(name);
      if (name === "SIGHUP" || now - firstAt < SAME_PRESS_MS) return;
      process.stderr.write(
        "\nended at once: what was under way is not put back, and Docker may still be busy with it\n" +
          "hint: soloflow-agent status shows what runs, soloflow-agent deploy goes on from there\n",
      );
      process.exit(EXIT.failed);
    });
  return controller.signal;
}
