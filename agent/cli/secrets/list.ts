import { formatDuration } from "../../core/duration.ts";
import { EXIT, type ExitCode } from "../../core/errors.ts";
import { loadProject } from "../../run/load-project.ts";
import { type SecretState, secretsState } from "../../run/secrets/secrets-state.ts";
import type { CliContext } from "../context.ts";

/** Names, kinds, versions and fingerprints; never a value. */
export async function run(context: CliContext): Promise<ExitCode> {
  const { host, configFile, output } = context;
  const project = await loadProject(host, configFile);
  const { storeVersion, secrets } = await secretsState(host, project);
  const now = host.clock.now();
  if (context.json) {
    const entries = secrets.map((secret) => document(secret, now));
    output.json({
      schema: 1,
      project: project.config.project,
      storeVersion: storeVersion ?? null,
      secrets: entries,
    });
    return EXIT.done;
  }
  const head = ["NAME", "KIND", "STATE", "AGE", "FINGERPRINT", "FOR"];
  const rows = secrets.map((secret) => row(secret, now));
  for (const line of columns([head, ...rows])) output.line(line);
  const missing = secrets.filter((secret) => stateOf(secret) === "missing" && secret.kind === "external");
  if (missing.length > 0) output.note("hint: soloflow-agent secrets set NAME");
  if (storeVersion === undefined)
    output.note("nothing is stored yet; the first deploy makes what it may make");
  return EXIT.done;
}

type State = "set" | "missing" | "optional" | "unknown";

function stateOf(secret: SecretState): State {
  if (!secret.known) return "unknown";
  if (secret.stored !== undefined) return "set";
  return secret.optional ? "optional" : "missing";
}

function document(secret: SecretState, now: number): object {
  const { name, kind, stored } = secret;
  return {
    name,
    kind,
    for: secret.for,
    state: stateOf(secret),
    version: stored?.version ?? null,
    accepted: stored?.accepted ?? [],
    createdAt: stored?.createdAt ?? null,
    ageMs: stored === undefined ? null : now - Date.parse(stored.createdAt),
    fingerprint: stored?.fingerprint ?? null,
  };
}

function row(secret: SecretState, now: number): string[] {
  const { stored } = secret;
  const age = stored === undefined ? "" : formatDuration(Math.max(0, now - Date.parse(stored.createdAt)));
  const receivers = secret.known ? secret.for.join(", ") : "(not in soloflow.toml)";
  return [secret.name, secret.kind, describe(secret), age, stored?.fingerprint ?? "", receivers];
}

function describe({ known, optional, stored }: SecretState): string {
  if (stored === undefined) return optional && known ? "not set (optional)" : "missing";
  const others = stored.accepted.filter((n) => n !== stored.version);
  return others.length === 0
    ? `version ${stored.version}`
    : `version ${stored.version}, ${others.join(", ")} accepted`;
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  return rows.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
