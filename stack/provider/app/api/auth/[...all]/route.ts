import { auth } from "../../../../lib/auth/auth.ts";
import { problem } from "../../../../lib/http/problem.ts";
import { describeError, log } from "../../../../lib/log.ts";

/** Better Auth's own endpoints. An error it does not handle (no database) becomes a 503 in JSON. */
async function handle(request: Request): Promise<Response> {
  try {
    const response = await auth().handler(request);
    response.headers.set("cache-control", "no-store");
    return response;
  } catch (error) {
    log("error", "request failed", { path: new URL(request.url).pathname, error: describeError(error) });
    return problem("UNAVAILABLE", "this does not work just now, please try again in a moment");
  }
}

export { handle as GET, handle as POST };
