import type { Secrets } from "../secrets.ts";
import type { SecretState } from "./types.ts";

/** What the store holds, without a value. */
export function secretStates(secrets: Secrets): SecretState[] {
  return Object.entries(secrets).map(([name, stored]) => {
    if (stored.kind === "database") {
      const versions = stored.versions.map(({ n, createdAt, value }) => ({ n, createdAt, role: value.role }));
      return { name, kind: stored.kind, versions };
    }
    const versions = stored.versions.map(({ n, createdAt }) => ({ n, createdAt, role: undefined }));
    const hasComma = stored.versions.some(({ value }) => value.includes(","));
    return { name, kind: stored.kind, versions, ...(hasComma ? { hasComma } : {}) };
  });
}
