import { readiness } from "../../../lib/database/readiness.ts";
import { log } from "../../../lib/log.ts";

export const dynamic = "force-dynamic";

let announced = false;

/** Readiness: 200 `{"status":"UP"}` when the database answers with the schema in place, else 503 with the reason. */
export async function GET(): Promise<Response> {
  const state = await readiness();
  const headers = { "cache-control": "no-store" };
  if (!state.ready) return Response.json({ status: "DOWN", reason: state.reason }, { status: 503, headers });
  if (!announced) log("info", "ready");
  announced = true;
  return Response.json({ status: "UP" }, { headers });
}
