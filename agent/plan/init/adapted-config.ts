import type { ComposeModel, ComposeService } from "../compose-model.ts";
import { livenessProposal } from "../liveness-path.ts";
import { publishedPorts, strategyOf } from "../strategy.ts";
import { probeFromHealthcheck, type WrittenProbe } from "./probe-from-healthcheck.ts";
import { type SuggestedSecret, suggestSecrets } from "./suggest-secrets.ts";

type Input = {
  model: ComposeModel;
  /** Relative to soloflow.toml, as it is to be written there. */
  composeFile: string;
  /** A file with values for the compose file's variables that Compose does not read by itself, for instance ".env.docker". */
  envFile: string | undefined;
};

/**
 * A soloflow.toml for somebody's compose file: what could be read from it, and a comment for each thing that only a
 * person knows. Holds names of secrets, never values.
 */
export function adaptedConfig({ model, composeFile, envFile }: Input): string {
  const services = Object.keys(model.services).sort();
  const tables = services.map((name) => serviceTable(name, model));
  return [head(model, composeFile, envFile), INGRESS, SERVICES, ...tables, ...secretTables(model)].join("\n");
}

function head(model: ComposeModel, composeFile: string, envFile: string | undefined): string {
  const env =
    envFile === undefined
      ? []
      : [
          `# ${envFile} holds values for the compose file's variables, but Compose reads only .env by itself:`,
          `# env_file = ${text(envFile)}`,
        ];
  return `${[
    `# Made from ${composeFile}, which stays as it is. Every key is explained in soloflow-agent's docs/configuration.md.`,
    "#",
    "#     soloflow-agent check      what is wrong, all at once",
    "#     soloflow-agent plan       what a deploy would do, and why",
    "",
    `project = ${text(model.name)}   # Compose's name for it: volumes and running containers carry it`,
    `compose = ${text(composeFile)}`,
    ...env,
  ].join("\n")}\n`;
}

const INGRESS = `# Without a domain the published ports answer in plain HTTP; with one, HTTPS with its own certificates is in front.
[ingress]
# domain = "example.com"
# email  = "you@example.com"
`;

const SERVICES = `# ready: customers can be sent to it.  live: the process works; it must not ask the database.
# Without ready, Docker's own health check is the judge.
# watch = "report": nothing is restarted, but each time that it would have been is written down (see them with
# soloflow-agent incidents). When three days of that were right, write "restart" where a restart can help; a database
# is rather left at "report".
`;

function serviceTable(name: string, model: ComposeModel): string {
  const service = model.services[name] ?? {};
  const ready = probeFromHealthcheck(service.healthcheck);
  const shared = sharedVolume(service);
  const lines = [
    ...published(service),
    ...(isAwaited(name, model) ? ["# runs to its end before what depends on it starts"] : []),
    `[service.${key(name)}]`,
    ...build(service),
    ...(isAwaited(name, model) ? [] : readiness(ready, service)),
    ...(ready !== undefined && "http" in ready ? liveness(ready.http) : []),
    ...strategy(name, model, ready, shared),
    ...(isAwaited(name, model) ? [] : ['watch = "report"']),
  ];
  return `${lines.join("\n")}\n`;
}

function published(service: ComposeService): string[] {
  const ports = publishedPorts(service).map(
    (port) => `${port.host_ip === undefined ? "" : `${port.host_ip}:`}${port.published} -> ${port.target}`,
  );
  return ports.length === 0 ? [] : [`# published: ${ports.join(", ")}`];
}

function isAwaited(name: string, model: ComposeModel): boolean {
  return strategyOf(name, bare(model, name), model) === "once";
}

function build(service: ComposeService): string[] {
  if (service.build === undefined) return [];
  return [
    "# built as the compose file says; to limit its size:",
    '# build = { context = "…", max_size = "500MB" }',
  ];
}

function readiness(ready: WrittenProbe | undefined, service: ComposeService): string[] {
  if (ready !== undefined) return [`ready = ${probe(ready)}`];
  if (service.healthcheck !== undefined) return [];
  const port = publishedPorts(service)[0]?.target ?? "PORT";
  return ["# has no health check: what says that it is ready?", `# ready = { http = ":${port}/health" }`];
}

function liveness(http: string): string[] {
  const port = /^:\d+/.exec(http)?.[0] ?? "";
  const { http: path, known, needs } = livenessProposal(http);
  if (known) {
    const why = needs === undefined ? "a path that asks nobody else" : needs;
    return [`# ${why}:`, `# live  = { http = ${text(path)} }`];
  }
  return [
    "# a path that only says that the process answers; not known here:",
    `# live  = { http = ${text(`${port}/…`)} }`,
  ];
}

function strategy(
  name: string,
  model: ComposeModel,
  ready: WrittenProbe | undefined,
  shared: string | undefined,
): string[] {
  if (ready === undefined || !("http" in ready)) return [];
  if (strategyOf(name, bare(model, name, ready), model) !== "overlap") return [];
  if (shared === undefined)
    return ['# deploy = "overlap" by itself: the new one is ready before the old one goes'];
  return [
    `# two of it would write to ${shared} at the same time; if that is safe, remove the next line`,
    'deploy = "replace"',
  ];
}

/** A configuration that knows of this service only what was found. */
function bare(model: ComposeModel, name: string, ready?: WrittenProbe): Parameters<typeof strategyOf>[1] {
  const probe = ready !== undefined && "http" in ready ? { ready: { http: ready.http } } : {};
  return {
    project: model.name,
    compose: [],
    image: {},
    service: { [name]: probe },
    secret: {},
    ingress: {},
    ...{ watchdog: {}, alerts: {}, metrics: {}, rotation: {} },
  };
}

/** A volume or folder that the service writes to. */
function sharedVolume(service: ComposeService): string | undefined {
  const mount = (service.volumes ?? []).find(
    ({ type, read_only: readOnly, source }) => readOnly !== true && type !== "tmpfs" && source !== undefined,
  );
  return mount?.target;
}

const SECRETS = `# Values that stand in the environment now. To take one into the encrypted store, remove the # before its table, bring
# in the value in use with \`soloflow-agent secrets import ENV_FILE\` (where data exists none is made anew), and remove
# it from the compose file. deliver = "env" suits programs that cannot read NAME_FILE. Where programs read
# a list, "2:new,1:old" (the first issues, all are accepted), remove accepts = 1: then a rotation costs nobody anything.
`;

function secretTables(model: ComposeModel): string[] {
  const secrets = suggestSecrets(model);
  return secrets.length === 0 ? [] : [SECRETS, ...secrets.map(secretTable)];
}

function secretTable({ name, kind, services, deliver }: SuggestedSecret): string {
  return [
    `# [secret.${key(name)}]`,
    `# kind = ${text(kind)}`,
    `# for = [${services.map(text).join(", ")}]`,
    ...(deliver === "env" ? ['# deliver = "env"'] : []),
    ...(kind === "pepper" || kind === "generated" ? ["# accepts = 1"] : []),
    ...(kind === "superuser" ? [`# service = ${text(services[0] ?? "database")}`] : []),
    "",
  ].join("\n");
}

function probe({ within, ...form }: WrittenProbe): string {
  const fields = Object.entries(form).map(([name, value]) => `${name} = ${written(value)}`);
  if (within !== undefined) fields.push(`within = ${text(within)}`);
  return `{ ${fields.join(", ")} }`;
}

function written(value: string | string[]): string {
  return typeof value === "string" ? text(value) : `[${value.map(text).join(", ")}]`;
}

/** JSON's strings are TOML's. */
function text(value: string): string {
  return JSON.stringify(value);
}

function key(name: string): string {
  return /^[A-Za-z0-9_-]+$/.test(name) ? name : text(name);
}
