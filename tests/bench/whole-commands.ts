import { binary } from "../support/binary.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { median, ms, type Row } from "./row.ts";

const RUNS = 21;

type Invocation = { argv: string[]; cwd: string; env: Record<string, string | undefined> };

/** What a person waits for, against what Docker's own commands take: in turn, so that a busy machine hits both. */
export async function wholeCommands(): Promise<Row[]> {
  await using stack = await stackProject();
  await stack.must("deploy");
  const rows: Row[] = [
    await compare(
      "`--version`",
      agent(await binary(), stack, "--version"),
      "`docker --version`",
      docker(stack, "--version"),
      1,
    ),
    await compare(
      "`status`",
      agent(await binary(), stack, "status"),
      "`docker compose ps`",
      compose(stack, "ps"),
      0.4,
    ),
    await compare(
      "a deploy with nothing to do",
      agent(await binary(), stack, "deploy"),
      "`docker compose up -d --wait`",
      await plainStack(stack),
      0.25,
    ),
  ];
  await plainDown(stack);
  return rows;
}

async function compare(
  what: string,
  ours: Invocation,
  otherName: string,
  other: Invocation,
  bar: number,
): Promise<Row> {
  const times: { ours: number[]; other: number[] } = { ours: [], other: [] };
  for (let run = 0; run <= RUNS; run += 1) {
    const pair = { ours: await time(ours), other: await time(other) };
    if (run === 0) continue;
    times.ours.push(pair.ours);
    times.other.push(pair.other);
  }
  const ratio = median(times.ours) / median(times.other);
  return {
    what: `${what}, median of ${RUNS}`,
    measured: `${ms(median(times.ours))} (${ratio.toFixed(2)} ×)`,
    beside: `${otherName} ${ms(median(times.other))}`,
    bar: `≤ ${bar} ×`,
    met: ratio <= bar,
  };
}

async function time({ argv, cwd, env }: Invocation): Promise<number> {
  const startedAt = performance.now();
  const child = Bun.spawn(argv, { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  const [code, stderr] = await Promise.all([child.exited, child.stderr.text()]);
  if (code !== 0) throw new Error(`${argv.join(" ")} ended with ${code}: ${stderr}`);
  return performance.now() - startedAt;
}

function agent(program: string, stack: StackProject, ...args: string[]): Invocation {
  return { argv: [program, ...args], cwd: stack.folder, env: { ...process.env, ...stack.env } };
}

function docker(stack: StackProject, ...args: string[]): Invocation {
  return { argv: ["docker", ...args], cwd: stack.folder, env: process.env };
}

function compose(stack: StackProject, ...args: string[]): Invocation {
  return docker(stack, "compose", "-p", stack.name, "-f", "stack/compose.yaml", ...args);
}

const PLAIN_ENV = [
  "POSTGRES_PASSWORD=bench-superuser-password",
  "API_KEY_PEPPER=bench-pepper-of-32-characters-aa",
  "BETTER_AUTH_SECRET=bench-auth-secret-of-32-characters",
  "DATABASE_URL=postgres://postgres:bench-superuser-password@database:5432/soloflow",
];

/** The same stack under plain Compose, on ports of its own: its `up -d --wait` finds nothing to do either. */
async function plainStack(stack: StackProject): Promise<Invocation> {
  const offset = (port: number) => port + 1 - (port % 2) * 2;
  const ports = Object.entries(stack.ports).map(
    ([service, port]) => `${service.toUpperCase()}_PORT=${offset(port)}`,
  );
  stack.write("plain.env", [...ports, ...PLAIN_ENV].join("\n"));
  const text = await Bun.file(`${stack.folder}/stack/compose.yaml`).text();
  stack.write("stack/plain.yaml", text.replaceAll(`${stack.name}-`, `${stack.name}-plain-`));
  const up = plainCompose(
    stack,
    "up",
    "-d",
    "--wait",
    "--no-build",
    "database",
    "gateway",
    "provider",
    "pgadmin",
  );
  await time(up);
  return up;
}

async function plainDown(stack: StackProject): Promise<void> {
  await time(plainCompose(stack, "down", "-v", "-t", "1"));
}

function plainCompose(stack: StackProject, ...args: string[]): Invocation {
  const model = ["--env-file", "plain.env", "-f", "stack/plain.yaml"];
  return docker(stack, "compose", "-p", `${stack.name}-plain`, ...model, ...args);
}
