import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode, SoloflowError } from "../core/errors.ts";
import { table } from "../core/table.ts";
import { systemWeb } from "../host/web.ts";
import { watchSettings } from "../plan/watchdog/settings.ts";
import { type AlertTest, testAlerts } from "../run/alerts/test-alerts.ts";
import { loadProject } from "../run/load-project.ts";
import type { CliContext } from "./context.ts";

/** `alerts test`: by what stands in soloflow.toml, deployed or not; exit 1 when one way failed. */
export async function run({ host, args, configFile, json, output, signal }: CliContext): Promise<ExitCode> {
  if (args.length !== 1 || args[0] !== "test") {
    throw new SoloflowError("usage", "it is written: soloflow-agent alerts test", { exitCode: EXIT.usage });
  }
  const { config, paths } = await loadProject(host, configFile);
  const { alerts: settings } = watchSettings(config);
  const project = { name: config.project, paths };
  const tests = await testAlerts(host, project, { settings, web: systemWeb, signal });
  if (json) output.json({ schema: 1, ways: tests.map((test) => ({ ...test, why: test.why ?? null })) });
  else for (const line of table(tests.map(row))) output.line(line);
  return tests.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
}

function row({ way, ok, ms, why }: AlertTest): string[] {
  return [way, ok ? `sent in ${formatDuration(ms)}` : `failed: ${why}`];
}
