import type { Config } from "../../config/config.ts";
import type { AlertAction } from "../alerts/alert.ts";
import { ROTATION } from "../watchdog/names.ts";
import { dueAt } from "./due.ts";
import type { LeftName, Rotation, SecretState } from "./types.ts";

/** What a person has to know, and by which key it is told only once for one value. */
export type Reminder = { action: AlertAction; key: string };

/** How long before its date an external secret is asked for: a vendor's page needs somebody at their desk. */
const BEFORE_MS = 7 * 86_400_000;

/** External secrets whose `every` ends within a week, or has ended: told once each, for each value. */
export function externalReminders(config: Config, states: readonly SecretState[], now: number): Reminder[] {
  return states.flatMap((state) => {
    const at = dueAt(config, state);
    if (config.secret[state.name]?.kind !== "external" || at === undefined || at - BEFORE_MS > now) return [];
    const isOver = at <= now;
    const when = `${isOver ? "was" : "is"} due on ${new Date(at).toISOString().slice(0, 10)}`;
    const cause = `${state.name} ${when}: only you can get its new value`;
    return [reminder(state, isOver ? "over" : "soon", cause)];
  });
}

/** Secrets that are due and could not be rotated; external ones have a reminder of their own. */
export function leftReminders(
  config: Config,
  states: readonly SecretState[],
  left: readonly LeftName[],
): Reminder[] {
  return left.flatMap(({ name, why }) => {
    const state = states.find((each) => each.name === name);
    if (state === undefined || config.secret[name]?.kind === "external") return [];
    return [reminder(state, "left", `${name} is due and stays as it is, because it ${why}`)];
  });
}

/** Rotations that somebody began and that came to nothing: the digest of the morning has them. */
export function takenBack(settled: readonly Rotation[]): Reminder[] {
  return settled.flatMap(({ id, names, result }) => {
    if (result !== "aborted" && result !== "cured") return [];
    const listed = names.map(({ name }) => name);
    const cause = `a rotation of ${listed.join(", ")} was interrupted: the former values are in use`;
    const next = `soloflow-agent rotate-secrets ${listed.join(" ")}`;
    const action = { level: "healed", service: ROTATION, incident: undefined, cause, next } as const;
    return [{ action, key: `rotation/${id}/taken-back` }];
  });
}

/** Its first words are the same for whoever says it, so that it is told once. */
export function failedTurn(why: string, next: string): AlertAction {
  const cause = `the scheduled rotation failed: ${why}`;
  return { level: "needs-you", service: ROTATION, incident: undefined, cause, next };
}

function reminder({ name, versions }: SecretState, what: string, cause: string): Reminder {
  const next = `soloflow-agent rotate-secrets ${name}`;
  const action = { level: "needs-you", service: ROTATION, incident: undefined, cause, next } as const;
  return { action, key: `rotation/${name}/${versions[0]?.createdAt ?? ""}/${what}` };
}
