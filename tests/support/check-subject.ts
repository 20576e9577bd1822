import type { Fault } from "../../agent/config/fault.ts";
import { parseConfig } from "../../agent/config/parse.ts";
import { TomlPositions } from "../../agent/config/toml-positions.ts";
import { ComposeSource } from "../../agent/plan/check/compose-source.ts";
import { looseModel } from "../../agent/plan/check/loose-model.ts";
import type { MachineFacts } from "../../agent/plan/check/machine-facts.ts";
import { checkSubject } from "../../agent/plan/check/rules.ts";
import type { ContextFacts, DockerfileSource, EnvFile, Subject } from "../../agent/plan/check/subject.ts";
import { parseDotenv } from "../../agent/plan/dotenv.ts";
import { parseDockerfile } from "../../agent/plan/images/dockerfile.ts";

/** What a test says of a project; all else is a machine and a compose file with nothing wrong. */
export type Given = {
  config?: string;
  compose?: string;
  variables?: Record<string, string>;
  dockerfile?: string;
  /** More of the one Dockerfile: whose it is, its arguments, its context. */
  build?: Partial<Omit<DockerfileSource, "context">> & { context?: Partial<ContextFacts> };
  building?: readonly string[];
  envFile?: { text: string } & Partial<Omit<EnvFile, "entries" | "faults">>;
  stored?: readonly string[];
  recoveryUntried?: boolean;
  machine?: Partial<MachineFacts>;
};

const NOW = Date.parse("2026-03-01T12:00:00Z");

const MACHINE: MachineFacts = {
  engine: {
    version: "26.1.5",
    apiVersion: "1.45",
    rootDir: "/var/lib/docker",
    storageDriver: "overlay2",
    cpus: 2,
    memoryBytes: 4e9,
    systemTime: new Date(NOW).toISOString(),
  },
  engineError: undefined,
  tools: { cli: "26.1.5", compose: "2.26.1", buildx: "0.13.1" },
  disk: { path: "/var/lib/docker", freeBytes: 20e9 },
  memory: { totalBytes: 4e9, availableBytes: 3e9 },
  takenPorts: [],
  nowMs: NOW,
  engineAheadMs: 0,
  clockSynchronised: true,
  configChangedMs: NOW - 1_000,
  stateFolders: ["/var/lib/soloflow/shop"],
  imageBytes: {},
  usedBytes: {},
};

export function subjectOf(given: Given): Subject {
  const text = `project = "shop"\n${given.config ?? ""}`;
  const { config, faults } = parseConfig(text, "soloflow.toml");
  if (config === undefined) throw new Error(faults.map(({ message }) => message).join("\n"));
  const source = new ComposeSource(given.compose ?? "services: {}\n", "compose.yaml");
  if (source.faults.length > 0) throw new Error(source.faults.map(({ message }) => message).join("\n"));
  const variables = given.variables ?? {};
  return {
    config,
    configSource: { file: "soloflow.toml", positions: new TomlPositions(text) },
    compose: [source],
    model: looseModel(source.data, "/srv/shop/compose.yaml", variables),
    resolved: false,
    variables,
    dockerfiles: given.dockerfile === undefined ? [] : [dockerfileOf(given.dockerfile, given.build)],
    building: given.building && new Set(given.building),
    envFiles: given.envFile === undefined ? [] : [envFileOf(given.envFile)],
    stored: given.stored === undefined ? undefined : new Set(given.stored),
    recoveryUntried: given.recoveryUntried ?? false,
    machine: { ...MACHINE, ...given.machine },
  };
}

function dockerfileOf(text: string, build: Given["build"]): DockerfileSource {
  return {
    file: "app/Dockerfile",
    image: "shop/app",
    instructions: parseDockerfile(text),
    target: undefined,
    args: {},
    services: [],
    ...build,
    context: { names: [], envFiles: [], readsSecretFiles: true, eagerClients: [], ...build?.context },
  };
}

function envFileOf({ text, ...rest }: Given["envFile"] & {}): EnvFile {
  return {
    file: ".env.docker",
    mode: 0o600,
    readBy: "containers",
    services: [],
    ...rest,
    ...parseDotenv(text),
  };
}

/** The faults of one rule. */
export function faultsOf(rule: string, given: Given): Fault[] {
  return checkSubject(subjectOf(given)).filter((fault) => fault.rule === rule);
}

/** "error compose.yaml:5:7" of each fault of one rule. */
export function placesOf(rule: string, given: Given): string[] {
  return faultsOf(rule, given).map(({ severity, file, line, column }) =>
    [`${severity} ${file}`, line, column].filter((part) => part !== undefined).join(":"),
  );
}
