import {
  isNumber,
  isText,
  listOf,
  maybe,
  objectOf,
  oneOf,
  type Shape,
  validated,
} from "../watchdog/valid.ts";
import type { Alert } from "./alert.ts";
import type { Message } from "./message.ts";

const alert = objectOf<Alert>({
  ...{ id: isText, project: isText, level: oneOf("healed", "needs-you", "losing"), service: isText },
  ...{ code: isText, cause: isText, at: isNumber, since: maybe(isNumber), lostMs: maybe(isNumber) },
  ...{ incident: maybe(isNumber), next: isText },
});

const head = { id: isText, project: isText, at: isNumber };

const kinds: Readonly<Record<Message["kind"], Shape<Message>>> = {
  alert: objectOf<Extract<Message, { kind: "alert" }>>({ kind: oneOf("alert"), alert }),
  digest: objectOf<Extract<Message, { kind: "digest" }>>({
    ...{ kind: oneOf("digest"), ...head, alerts: listOf(alert) },
  }),
  test: objectOf<Extract<Message, { kind: "test" }>>({ kind: oneOf("test"), ...head }),
};

/** A message as the outbox kept it; undefined for what another version of the agent may have written there. */
export function storedMessage(body: unknown): Message | undefined {
  const kind = (body as { kind?: unknown } | undefined)?.kind;
  if (kind !== "alert" && kind !== "digest" && kind !== "test") return undefined;
  try {
    return validated(kinds[kind], body);
  } catch {
    return undefined;
  }
}
