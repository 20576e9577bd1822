import { z } from "zod";
import type { Message } from "./message.ts";

const alert = z.object({
  id: z.string(),
  project: z.string(),
  level: z.enum(["healed", "needs-you", "losing"]),
  service: z.string(),
  code: z.string(),
  cause: z.string(),
  at: z.number(),
  since: z.number().optional(),
  lostMs: z.number().optional(),
  incident: z.number().optional(),
  next: z.string(),
});

const head = { id: z.string(), project: z.string(), at: z.number() };

const message = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("alert"), alert }),
  z.object({ kind: z.literal("digest"), ...head, alerts: z.array(alert) }),
  z.object({ kind: z.literal("test"), ...head }),
]);

/** A message as the outbox kept it; undefined for what another version of the agent may have written there. */
export function storedMessage(body: unknown): Message | undefined {
  return message.safeParse(body).data as Message | undefined;
}
