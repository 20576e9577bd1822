import { randomBytes } from "node:crypto";
import { config } from "../../../lib/config/config.ts";
import { pool } from "../../../lib/database/pool.ts";
import { forUser } from "../../../lib/http/for-user.ts";
import { problem } from "../../../lib/http/problem.ts";
import { readJson } from "../../../lib/http/read-json.ts";
import { makeApiKey } from "../../../lib/keys/api-key.ts";
import { keyRequest } from "../../../lib/keys/key-request.ts";
import { addKey, listKeys, MAX_ACTIVE_KEYS, MAX_KEYS_A_DAY } from "../../../lib/keys/key-store.ts";

const LIMITS = {
  active: `you have ${MAX_ACTIVE_KEYS} keys; revoke one that you no longer use`,
  daily: `you made ${MAX_KEYS_A_DAY} keys within a day; make the next one tomorrow`,
};

/** `{keys: [{id, name, mode, prefix, createdAt, lastUsedAt, revokedAt}]}`, the newest first, revoked ones last. */
export function GET(request: Request): Promise<Response> {
  return forUser(request, async (user) => {
    const keys = await listKeys(pool(), user.id);
    return Response.json({ keys }, { headers: { "cache-control": "no-store" } });
  });
}

/** `{name, mode}` → 201 `{id, name, key}`: the one time that the key is shown. */
export function POST(request: Request): Promise<Response> {
  return forUser(request, async (user) => {
    const body = await readJson(request, keyRequest);
    if ("refusal" in body) return body.refusal;
    const { name, mode } = body.value;
    const made = makeApiKey(mode, config().peppers[0], randomBytes);
    const added = await addKey(pool(), user.id, { name, mode }, made);
    if ("limit" in added) return problem("LIMIT_REACHED", LIMITS[added.limit]);
    const answer = { id: added.id, name, key: made.key };
    return Response.json(answer, { status: 201, headers: { "cache-control": "no-store" } });
  });
}
