import { nearest } from "../../core/nearest.ts";
import { AGENT, type Config } from "../config.ts";
import type { Finding } from "./finding.ts";

/** Rules that look at more than one key of [watchdog], [alerts] and [metrics]. */
export function watchFindings(config: Config): Finding[] {
  return [
    ...alertSecrets(config).flatMap(({ path, name }) => unknownSecret(config, path, name)),
    ...unreadSecrets(config),
    ...openWebhook(config),
    ...openMetrics(config),
    ...contradictions(config),
    ...answersWithoutStandby(config),
  ];
}

type Named = { path: string[]; name: string };

/** The secrets that alerts name, with where. */
function alertSecrets({ alerts }: Config): Named[] {
  const named: [string[], string | undefined][] = [
    [["slack"], alerts.slack],
    [["webhook", "url"], alerts.webhook?.url],
    [["webhook", "key"], alerts.webhook?.key],
    [["dead_man"], alerts.dead_man],
  ];
  return named.flatMap(([path, name]) =>
    name === undefined || isUrl(name) ? [] : [{ path: ["alerts", ...path], name }],
  );
}

function isUrl(text: string): boolean {
  return text.includes("://");
}

function unknownSecret(config: Config, path: string[], name: string): Finding[] {
  const secret = config.secret[name];
  if (secret === undefined) {
    const meant = nearest(name, Object.keys(config.secret));
    const table = `[secret.${name}] with kind = "external" and for = ["${AGENT}"]`;
    return [
      {
        ...{ path, severity: "error", message: `there is no secret ${name}` },
        hint: meant === undefined ? `write ${table}` : `did you mean "${meant}"? else write ${table}`,
      },
    ];
  }
  if (secret.for.includes(AGENT)) return [];
  const message = `the secret ${name} is not for the agent, which sends the alerts`;
  return [{ path, severity: "error", message, hint: `add "${AGENT}" to for in [secret.${name}]` }];
}

function unreadSecrets(config: Config): Finding[] {
  const read = new Set(alertSecrets(config).map(({ name }) => name));
  return Object.entries(config.secret).flatMap(([name, secret]) => {
    const at = secret.for.indexOf(AGENT);
    if (at === -1 || read.has(name)) return [];
    const message = `the agent does nothing with ${name}: [alerts] does not name it`;
    return [{ path: ["secret", name, "for", at], severity: "warning" as const, message }];
  });
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

function openWebhook({ alerts }: Config): Finding[] {
  const host = /^http:\/\/(\[[^\]]*\]|[^/:]+)/.exec(alerts.webhook?.url ?? "")?.[1];
  if (host === undefined || LOOPBACK.test(host)) return [];
  const message = "alerts leave this machine in clear";
  return [{ path: ["alerts", "webhook", "url"], severity: "warning", message, hint: "use https://" }];
}

function openMetrics({ metrics }: Config): Finding[] {
  const host = metrics.listen?.replace(/:\d+$/, "");
  if (host === undefined || LOOPBACK.test(host)) return [];
  return [
    {
      ...{ path: ["metrics", "listen"], severity: "error" },
      message: `metrics would be open beyond this machine: ${metrics.listen} is not a loopback address`,
      hint: 'write listen = "127.0.0.1:PORT", and let a proxy or a tunnel with a login lead there',
    },
  ];
}

function contradictions({ watchdog }: Config): Finding[] {
  const found: Finding[] = [];
  const error = (path: string[], message: string) =>
    void found.push({ path: ["watchdog", ...path], severity: "error", message });
  const { deadline, disk } = watchdog;
  if ((deadline?.min ?? 30_000) > (deadline?.max ?? 300_000)) {
    error(["deadline"], "deadline.min is longer than deadline.max");
  }
  if ((disk?.page ?? 5) > (disk?.warn ?? 15)) error(["disk"], "disk.page must not be above disk.warn");
  return found;
}

function answersWithoutStandby(config: Config): Finding[] {
  return Object.entries(config.service).flatMap(([name, service]) => {
    if (service.answer_within === undefined || service.standby === true) return [];
    const message = "answer_within has no effect without standby = true: there is nobody else to ask";
    return [{ path: ["service", name, "answer_within"], severity: "warning" as const, message }];
  });
}
