import { formatDuration } from "../../core/duration.ts";
import { parseTimeWindow } from "../../core/time-window.ts";
import type { Config, SecretConfig } from "../config.ts";
import type { Finding } from "./finding.ts";

/** Where there is a timer in the place of the watchdog, it looks every quarter of an hour. */
const LEAST_MINUTES = 30;
const DAY_MS = 86_400_000;

/** Rules about what is rotated by itself, and when. */
export function rotationFindings(config: Config): Finding[] {
  const each = Object.entries(config.secret).flatMap(([name, secret]) => [
    ...onePepper(name, secret),
    ...tooOften(name, secret),
    ...remindsNobody(name, secret, config),
  ]);
  return [...nothingToRotate(config), ...shortWindow(config), ...each];
}

function nothingToRotate({ rotation, secret }: Config): Finding[] {
  if (Object.keys(rotation).length === 0 || Object.keys(secret).length > 0) return [];
  const message = "there is no secret that could be rotated";
  return [
    { path: ["rotation"], severity: "warning", message, hint: "remove [rotation], or add a [secret.NAME]" },
  ];
}

function shortWindow({ rotation: { between } }: Config): Finding[] {
  if (between === undefined) return [];
  const { minutes } = parseTimeWindow(between);
  if (minutes >= LEAST_MINUTES) return [];
  const message = `a window of ${formatDuration(minutes * 60_000)} may pass while something else is being done`;
  const hint = 'make it half an hour at least, for instance "03:00-05:00"';
  return [{ path: ["rotation", "between"], severity: "warning", message, hint }];
}

function onePepper(name: string, { kind, accepts }: SecretConfig): Finding[] {
  if (kind !== "pepper" || accepts !== 1) return [];
  const message = `${name} is never rotated: where one value is accepted only, every key made with it would be void at once`;
  const hint =
    'make its apps accept a list, "2:new,1:old", of which the first issues; then remove accepts = 1';
  return [{ path: ["secret", name, "accepts"], severity: "warning", message, hint }];
}

function tooOften(name: string, { kind, every }: SecretConfig): Finding[] {
  if (kind === "external" || every === undefined || every >= DAY_MS) return [];
  const message = `${name} is rotated once a day at most, in the window of [rotation] between`;
  return [{ path: ["secret", name, "every"], severity: "warning", message, hint: 'write "1d" or more' }];
}

function remindsNobody(name: string, { kind, every }: SecretConfig, { alerts }: Config): Finding[] {
  if (kind !== "external" || every === undefined) return [];
  if (alerts.slack !== undefined || alerts.webhook !== undefined || alerts.command !== undefined) return [];
  const message = `every only reminds you of ${name}, whose value nobody else can get, and [alerts] names nobody`;
  const hint = 'write for instance [alerts] command = ["mail", "-s", "soloflow", "you@example.com"]';
  return [{ path: ["secret", name, "every"], severity: "warning", message, hint }];
}
