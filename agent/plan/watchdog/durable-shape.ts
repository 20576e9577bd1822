import type { Act, Circuit, DurableState, LifeRecord, OpenIncident, ServiceRecord } from "./records.ts";
import { isBoolean, isNumber, isText, listOf, mapOf, maybe, objectOf, oneOf } from "./valid.ts";

const times = listOf(isNumber);

const act = objectOf<Act>({
  ...{ id: isNumber, what: oneOf("restart", "flip"), service: isText, instance: isText },
  ...{ container: isText, startedAt: isNumber, since: isNumber, started: maybe(isBoolean) },
});

const circuit = objectOf<Circuit>({
  ...{ state: oneOf("open", "half-open"), since: isNumber, tries: isNumber, nextTryAt: isNumber },
  ...{ why: isText, versions: listOf(isText), tried: maybe(isBoolean) },
});

const incident = objectOf<OpenIncident>({
  ...{ id: isNumber, since: isNumber, cause: isText, told: maybe(oneOf("healed", "needs-you", "losing")) },
  ...{ outSince: maybe(isNumber), lostMs: isNumber, would: isBoolean },
  remedy: maybe(oneOf("other-colour", "standby", "in-place", "recreate", "start")),
});

const service = objectOf<ServiceRecord>({
  ...{ own: times, docker: times, ooms: times, step: isNumber, notBefore: isNumber },
  lastAct: maybe(
    objectOf<NonNullable<ServiceRecord["lastAct"]>>({
      ...{ container: isText, startedAt: isNumber, at: isNumber, ended: maybe(oneOf("done", "failed")) },
    }),
  ),
  made: maybe(isText),
  stillborn: maybe(
    objectOf<NonNullable<ServiceRecord["stillborn"]>>({
      ...{ exitCode: isNumber, signature: maybe(isText), count: isNumber },
    }),
  ),
  ...{ circuit: maybe(circuit), taken: listOf(isText), answered: isBoolean, incident: maybe(incident) },
  alive: maybe(isText),
  report: maybe(
    objectOf<NonNullable<ServiceRecord["report"]>>({ since: isNumber, would: isNumber, told: isBoolean }),
  ),
});

const life = objectOf<LifeRecord>({
  ...{ service: isText, container: isText, startedAt: isNumber, restartCount: isNumber },
  wall: maybe(isText),
  why: oneOf("deploy", "restart", "docker", "operator", "boot"),
  ...{ ready: isBoolean, ended: isBoolean },
  person: maybe(
    objectOf<NonNullable<LifeRecord["person"]>>({ what: oneOf("stop", "pause"), since: isNumber }),
  ),
});

/** What `revive` takes (state.ts). */
export const durableState = objectOf<DurableState>({
  ...{ version: oneOf(1), at: isNumber, nextId: isNumber, lastBegan: maybe(isNumber), restarts: times },
  ...{ acts: listOf(act), engineDown: isBoolean, settledAt: isNumber },
  ...{ services: mapOf(service), lives: mapOf(life) },
});
