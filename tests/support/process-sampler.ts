import { readdirSync, readFileSync } from "node:fs";

/** Shorter than any process lives that does something. */
const EVERY_MS = 3;

/** What the processes of this machine had meanwhile, a text each with NUL between its parts. */
export type SampledProcesses = { arguments: readonly string[]; environments: readonly string[] };

export type ProcessSampler = {
  stop(): Promise<SampledProcesses>;
};

/** Looks at all processes of this machine, also those in containers, as often as it can without taking a whole core. */
export function sampleProcesses(): ProcessSampler {
  const [seen, environments] = [new Set<string>(), new Set<string>()];
  const known = new Map<string, string>();
  let running = true;
  const loop = (async () => {
    while (running) {
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        const argv = read(`/proc/${pid}/cmdline`);
        // Another program is another argv: its environment is read once.
        if (argv === "" || known.get(pid) === argv) continue;
        known.set(pid, argv);
        seen.add(argv);
        environments.add(read(`/proc/${pid}/environ`));
      }
      await Bun.sleep(EVERY_MS);
    }
  })();
  return {
    async stop() {
      running = false;
      await loop;
      return { arguments: [...seen], environments: [...environments] };
    },
  };
}

/** "" for a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
