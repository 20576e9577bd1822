import { formatDuration } from "../core/duration.ts";
import { EXIT, type ExitCode } from "../core/errors.ts";
import { formatSize } from "../core/size.ts";
import { table } from "../core/table.ts";
import { type BuildReport, buildProject } from "../run/build/build-project.ts";
import { loadProject } from "../run/load-project.ts";
import type { CliContext } from "./context.ts";

export async function run(context: CliContext): Promise<ExitCode> {
  const { host, args, options, configFile, waitMs, progress, signal, output, json } = context;
  const project = await loadProject(host, configFile);
  const refresh = options.refresh === true;
  const report = await buildProject(host, project, { names: args, refresh, waitMs, progress, signal });
  if (json) {
    const images = report.map(({ usualMs: _, ...image }) => ({
      ...image,
      limitBytes: image.limitBytes ?? null,
    }));
    output.json({ schema: 1, images });
    return EXIT.done;
  }
  if (report.length === 0)
    output.line("there is no image to build: every service runs one that is made elsewhere");
  else
    for (const line of table([["IMAGE", "SIZE", "LIMIT", "TIME", "TAGS", "PACKAGES"], ...report.map(row)]))
      output.line(line);
  if (options.packages === true) for (const line of packageLines(report)) output.line(line);
  return EXIT.done;
}

function row({
  name,
  sizeBytes,
  limitBytes,
  built,
  ms,
  usualMs,
  tags,
  packages,
}: BuildReport[number]): string[] {
  const usual = usualMs === undefined ? "" : ` (usually ${formatDuration(usualMs)})`;
  return [
    name,
    formatSize(sizeBytes),
    limitBytes === undefined ? "-" : formatSize(limitBytes),
    built ? `${formatDuration(ms)}${usual}` : "unchanged",
    tags.join(", "),
    packages.length === 0 ? "-" : String(packages.length),
  ];
}

function packageLines(report: BuildReport): string[] {
  return report
    .filter(({ packages }) => packages.length > 0)
    .flatMap(({ name, packages }) => [
      "",
      `${name}:`,
      ...table(packages.map((each) => [`  ${each.name}`, each.version])),
    ]);
}
