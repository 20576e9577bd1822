import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { median, ms, type Row } from "./row.ts";

const STARTS = 5;
const MEGABYTE = 1_000_000;

type Sample = { readyAfterMs: number; ownMs: number };

/** Ready-after as the agent measured it against the app's own log of its first good answer; and image sizes. */
export async function readiness(): Promise<Row[]> {
  await using stack = await stackProject();
  await stack.must("deploy");
  const samples: Record<"gateway" | "provider", Sample[]> = { gateway: [], provider: [] };
  for (let number = 1; number <= STARTS; number += 1) {
    stack.write("stack/gateway/src/bench.ts", `export const deploy = ${number};\n`);
    stack.write("stack/provider/lib/bench.ts", `export const deploy = ${number};\n`);
    const { stdout } = await stack.must("deploy", "--json");
    for (const service of ["gateway", "provider"] as const) {
      const sample = await sampleOf(stack, service, JSON.parse(stdout));
      if (sample !== undefined) samples[service].push(sample);
    }
  }
  const errors = Object.values(samples)
    .flat()
    .map((sample) => Math.abs(sample.readyAfterMs - sample.ownMs));
  const worst = Math.max(...errors);
  return [
    {
      what: `ready-after, against the app's own log, ${errors.length} starts`,
      measured: `worst error ${ms(worst)}`,
      beside: `median error ${ms(median(errors))}`,
      bar: "≤ 100 ms",
      met: errors.length > 0 && worst <= 100,
    },
    readyRow("gateway", samples.gateway, 1_000),
    readyRow("provider", samples.provider, 2_000),
    await sizeRow(stack, "gateway", 120),
    await sizeRow(stack, "provider", 115),
  ];
}

type Document = { services: { name: string; readyAfterMs: number | null }[] };

/** undefined where this deploy did not start the service. */
async function sampleOf(
  stack: StackProject,
  service: string,
  document: Document,
): Promise<Sample | undefined> {
  const readyAfterMs = document.services.find((each) => each.name === service)?.readyAfterMs;
  if (readyAfterMs === undefined || readyAfterMs === null) return undefined;
  const status = JSON.parse((await stack.must("status", "--json")).stdout) as {
    services: { name: string; container: string; startedAt: string }[];
  };
  const serving = status.services.find((each) => each.name === service);
  if (serving === undefined) throw new Error(`status does not know ${service}`);
  const logs = await docker("logs", serving.container);
  const line = logs.split("\n").find((each) => each.includes('"msg":"ready"'));
  if (line === undefined) throw new Error(`${service} did not log when it was ready:\n${logs}`);
  const { at } = JSON.parse(line) as { at: string };
  return { readyAfterMs, ownMs: Date.parse(at) - Date.parse(serving.startedAt) };
}

function readyRow(service: string, samples: readonly Sample[], barMs: number): Row {
  const times = samples.map((sample) => sample.readyAfterMs);
  return {
    what: `${service} ready after its start, ${samples.length} starts`,
    measured: `median ${ms(median(times))}`,
    beside: `worst ${ms(Math.max(...times))}`,
    bar: `≤ ${barMs / 1_000} s`,
    met: samples.length > 0 && median(times) <= barMs,
  };
}

async function sizeRow(stack: StackProject, service: string, limitMb: number): Promise<Row> {
  const bytes = Number(
    await docker("image", "inspect", "-f", "{{.Size}}", `${stack.name}/${service}:latest`),
  );
  return {
    what: `image of the ${service}`,
    measured: `${(bytes / MEGABYTE).toFixed(1)} MB`,
    beside: "",
    bar: `≤ ${limitMb} MB`,
    met: bytes <= limitMb * MEGABYTE,
  };
}
