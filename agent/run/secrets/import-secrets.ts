import { resolve } from "node:path";
import { EXIT, SoloflowError } from "../../core/errors.ts";
import type { Progress } from "../../core/progress.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import { type DotenvEntry, parseDotenv } from "../../plan/dotenv.ts";
import type { Ruling } from "../../plan/secrets-take.ts";
import { readSops } from "../../plan/sops/sops-document.ts";
import type { Project } from "../project.ts";
import { readSopsFile } from "./sops-file.ts";
import { takeValues } from "./take-values.ts";

export type Imported = {
  rulings: readonly Ruling[];
  /** What is odd about the file: lines that are none, names that stand twice, who can read it. No values. */
  warnings: readonly string[];
};

export type ImportOptions = {
  acceptWeak: boolean;
  progress: Progress;
  /** Asks for the age identity of a SOPS file that none at hand opens. */
  askIdentity: () => Promise<Secret | undefined>;
};

/**
 * Takes the values of an env file (`.env.docker`), or of a SOPS file for age, that belong to secrets of soloflow.toml. Where a
 * name stands twice the last one counts, as for Compose. The project's lock must be held.
 * Errors: SoloflowError "secrets-import" (exit 2) when there is no such file; those of `readSopsFile`.
 */
export async function importSecrets(
  host: Pick<Host, "files" | "clock" | "env">,
  project: Project,
  file: string,
  options: ImportOptions,
): Promise<Imported> {
  const path = resolve(file);
  const text = await host.files.readText(path);
  if (text === undefined) {
    throw new SoloflowError("secrets-import", `there is no ${file}`, {
      hint: "soloflow-agent secrets import FILE",
      exitCode: EXIT.usage,
    });
  }
  const sops = readSops(text);
  if (sops !== undefined) {
    const given = await readSopsFile(host, sops, file, options.askIdentity);
    return { rulings: inOrder(await takeValues(host, project, given, options)), warnings: [] };
  }
  const { entries, warnings } = readEnvFile(text, file);
  const mode = (await host.files.stat(path))?.mode ?? 0;
  if ((mode & 0o044) !== 0) warnings.push(`${file} can be read by other users of this machine`);
  const expanding = entries.filter((entry) => entry.expands && project.config.secret[entry.name]);
  const given = entries.filter((entry) => !expanding.includes(entry));
  const rulings = [...(await takeValues(host, project, given, options)), ...expanding.map(refuseExpanding)];
  return { rulings: inOrder(rulings), warnings };
}

/** What counts of an env file, and what is odd about it. */
function readEnvFile(text: string, file: string): { entries: DotenvEntry[]; warnings: string[] } {
  const { entries, faults } = parseDotenv(text);
  const warnings = faults.map(({ line, message }) => `${file}:${line}: ${message}; the line is left out`);
  const last = new Map<string, DotenvEntry>();
  for (const entry of entries) {
    const earlier = last.get(entry.name);
    if (earlier !== undefined) {
      warnings.push(
        `${file}:${entry.line}: ${entry.name} stands in line ${earlier.line} too; this one counts`,
      );
    }
    last.set(entry.name, entry);
  }
  return { entries: [...last.values()], warnings };
}

function inOrder(rulings: readonly Ruling[]): Ruling[] {
  return rulings.toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function refuseExpanding({ name }: DotenvEntry): Ruling {
  const why = "has a $ before a name, which Compose would have replaced";
  return { name, kind: "refused", why, hint: "put the value that is in use into single quotes" };
}
