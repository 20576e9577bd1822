import { pool } from "../../../../lib/database/pool.ts";
import { forUser } from "../../../../lib/http/for-user.ts";
import { problem } from "../../../../lib/http/problem.ts";
import { isKeyId } from "../../../../lib/keys/key-request.ts";
import { revokeKey } from "../../../../lib/keys/key-store.ts";

/** Revokes a key: 204, also when it was revoked before; 404 for one that is unknown or somebody else's. */
export function DELETE(request: Request, context: { params: Promise<{ id: string }> }): Promise<Response> {
  return forUser(request, async (user) => {
    const { id } = await context.params;
    const found = isKeyId(id) && (await revokeKey(pool(), user.id, id));
    return found ? new Response(null, { status: 204 }) : problem("NOT_FOUND", "you have no such key");
  });
}
