/*
 * Where `install` puts things. The units are templates: one file for all projects of the machine, one instance a
 * project, with drop-ins of a person's own left alone.
 */

export const BINARY = "/usr/local/bin/soloflow-agent";
export const UNIT_FOLDER = "/etc/systemd/system";
export const STATE_ROOT = "/var/lib/soloflow";
export const RUN_ROOT = "/run/soloflow";

/** Owns nothing; members may read what the watchdog tells on its socket. */
export const GROUP = "soloflow";
/** For programs that read it, such as a collector of metrics. */
export const USER = "soloflow";

export const AGENT_TEMPLATE = "soloflow-agent@.service";
export const SECRETS_TEMPLATE = "soloflow-agent-secrets@.service";
export const ROTATE_TEMPLATE = "soloflow-agent-rotate@.service";
export const TIMER_TEMPLATE = "soloflow-agent-rotate@.timer";

export const agentUnit = (project: string): string => AGENT_TEMPLATE.replace("@", `@${project}`);
export const secretsUnit = (project: string): string => SECRETS_TEMPLATE.replace("@", `@${project}`);
export const timerUnit = (project: string): string => TIMER_TEMPLATE.replace("@", `@${project}`);

/** What systemd-tmpfiles makes of the project's run folder at each boot. */
export const tmpfilesFile = (project: string): string => `/etc/tmpfiles.d/soloflow-${project}.conf`;

/** The links by which systemd starts an instance; their names tell the projects of the machine. */
export const WANTS_FOLDER = `${UNIT_FOLDER}/multi-user.target.wants`;
export const TIMERS_FOLDER = `${UNIT_FOLDER}/timers.target.wants`;

/** "soloflow-agent@shop.service" -> "shop"; undefined for any other name. */
export function projectOfUnit(name: string): string | undefined {
  return /^soloflow-agent@([a-z0-9][a-z0-9_-]*)\.service$/.exec(name)?.[1];
}

/** "soloflow-agent-rotate@shop.timer" -> "shop"; undefined for any other name. */
export function projectOfTimer(name: string): string | undefined {
  return /^soloflow-agent-rotate@([a-z0-9][a-z0-9_-]*)\.timer$/.exec(name)?.[1];
}
