import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackImage } from "./stack-images.ts";
import { docker } from "./test-container.ts";
import { type TestProject, testProject } from "./test-project.ts";

const FIXTURE = join(import.meta.dir, "../fixtures/patient");
const IMAGE = "sft-patient";

export type Patient = {
  env?: Record<string, string>;
  /** Members of its service in the compose file, over what it has by default. */
  compose?: Record<string, unknown>;
  /** Lines under its `[service.NAME]`. */
  toml?: string;
};

export type Ward = TestProject & {
  /** What a service suffers from, from now on; see tests/fixtures/patient/server.ts. */
  be(service: string, manners: string): void;
  pid(service: string): Promise<number>;
  /** A signal from outside, as a fault would come: Docker does not know who sent it. */
  signal(service: string, signal: NodeJS.Signals): Promise<void>;
  /** Container and start: the same as long as nobody has touched it. */
  life(service: string): Promise<string>;
  logs(service: string): Promise<string>;
  /** Of one service, the newest first. */
  incidents(service: string): Promise<WardIncident[]>;
  /** The phases that `events` tells of one service, in the order of time. */
  phases(service: string): Promise<string[]>;
};

/** As `incidents --json` has it. */
export type WardIncident = {
  id: number;
  level: string;
  cause: string;
  remedy: string | null;
  closedAt: string | null;
  lostMs: number | null;
  report: boolean;
  evidence: { logs?: string; probe?: string; exitCode?: number; oomKilled?: boolean } | null;
};

type Settings = {
  /** Lines under `[watchdog]`. */
  watchdog?: string;
  /** Named volumes. */
  volumes?: readonly string[];
};

let made: Promise<unknown> | undefined;

/**
 * A deployed project of services, one container each, that fall ill by a word. One more, `witness`, is always well:
 * on a machine that is short of processor time somebody must be, or everybody's silence is laid to the machine.
 */
export async function ward(patients: Record<string, Patient>, settings: Settings = {}): Promise<Ward> {
  await stackImage("bun");
  made ??= docker("build", "-q", "-t", IMAGE, FIXTURE);
  await made;
  const project = await testProject();
  mkdirSync(join(project.folder, "manners"));
  const all: Record<string, Patient> = { witness: {}, ...patients };
  for (const name of Object.keys(all)) be(project, name, "");
  const services = Object.entries(all).map(([name, patient]) => [name, composeService(name, patient)]);
  const volumes = Object.fromEntries((settings.volumes ?? []).map((name) => [name, {}]));
  const compose = { services: Object.fromEntries(services), volumes };
  project.write("compose.yaml", JSON.stringify(compose));
  project.write("soloflow.toml", tomlOf(project.name, all, settings));
  try {
    await project.must("deploy");
  } catch (thrown) {
    await project[Symbol.asyncDispose]();
    throw thrown;
  }
  return { ...project, ...hands(project) };
}

function composeService(name: string, { env = {}, compose = {} }: Patient): object {
  return {
    image: IMAGE,
    environment: { NAME: name, ...env },
    volumes: ["./manners:/manners:ro"],
    restart: "unless-stopped",
    ...compose,
  };
}

function tomlOf(name: string, patients: Record<string, Patient>, { watchdog = "" }: Settings): string {
  const services = Object.entries(patients).map(
    ([service, { toml = 'ready = { http = ":8080/health" }\nlive = { http = ":8080/health" }' }]) =>
      `[service.${service}]\n${toml}\n`,
  );
  return `project = "${name}"\n${services.join("")}[watchdog]\n${watchdog}\n`;
}

function be({ folder }: TestProject, service: string, manners: string): void {
  writeFileSync(join(folder, "manners", service), manners, { mode: 0o644 });
}

function hands(project: TestProject) {
  const pid = async (service: string) => Number(await project.inspect(service, "{{.State.Pid}}"));
  return {
    be: (service: string, manners: string) => be(project, service, manners),
    pid,
    signal: async (service: string, signal: NodeJS.Signals) => void process.kill(await pid(service), signal),
    life: (service: string) => project.inspect(service, "{{.Id}} {{.State.StartedAt}}"),
    logs: async (service: string) => docker("logs", await project.inspect(service, "{{.Id}}")),
    incidents: async (service: string) => {
      const { incidents } = JSON.parse((await project.must("incidents", "--json")).stdout);
      return incidents.filter((each: { service: string }) => each.service === service);
    },
    phases: async (service: string) => {
      const told = await project.must("events", service, "--since", "1h", "--json");
      const { events } = JSON.parse(told.stdout);
      return events.map(({ to }: { to?: string }) => to).filter(Boolean);
    },
  };
}
