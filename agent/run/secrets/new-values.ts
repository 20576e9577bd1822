import type { Host } from "../../host/host.ts";
import { randomSalt, randomValue } from "../../host/secret-store/random-value.ts";
import type { StoredSecret } from "../../plan/secrets.ts";
import type { ToMake } from "../../plan/secrets-ensure.ts";

/** A fresh random value, as version 1. */
export function newValue(host: Pick<Host, "clock">, make: ToMake): StoredSecret {
  const createdAt = new Date(host.clock.now()).toISOString();
  const value = randomValue(make.bytes).reveal();
  switch (make.kind) {
    case "generated":
    case "pepper":
      return { kind: make.kind, versions: [{ n: 1, value, createdAt }] };
    case "superuser":
      return { kind: "superuser", versions: [{ n: 1, value, createdAt, salt: randomSalt() }] };
    case "database":
      return {
        kind: "database",
        versions: [{ n: 1, value: { role: make.role, password: value }, createdAt, salt: randomSalt() }],
      };
    default:
      return make satisfies never;
  }
}
