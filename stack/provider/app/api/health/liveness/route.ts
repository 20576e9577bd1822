export const dynamic = "force-dynamic";

/** Liveness: the process answers. It touches nothing else, since a restart would cure nothing else. */
export function GET(): Response {
  return Response.json({ status: "UP" }, { headers: { "cache-control": "no-store" } });
}
