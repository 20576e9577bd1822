import type { AlertSettings } from "../watchdog/settings.ts";

/** The ways by which a message reaches somebody. The dead-man ping is none: it says that nothing is wrong. */
export const WAYS = ["slack", "webhook", "command"] as const;

export type Way = (typeof WAYS)[number];

export function waysOf(settings: AlertSettings): Way[] {
  return WAYS.filter((way) => settings[way] !== undefined);
}

/** What became of one try to deliver. */
export type SendResult = "delivered" | "failed" | "given-up";
