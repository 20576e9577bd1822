import { auth } from "../../../../lib/auth/auth.ts";
import { reSignLink } from "../../../../lib/auth/re-sign-link.ts";
import { config } from "../../../../lib/config/config.ts";
import { problem } from "../../../../lib/http/problem.ts";
import { describeError, log } from "../../../../lib/log.ts";

const UNAVAILABLE = "this does not work just now, please try again in a moment";

/** Better Auth's own endpoints. What goes wrong inside (no database) is a 503 in JSON, whether it throws or answers. */
async function handle(request: Request): Promise<Response> {
  try {
    const renewed = reSignLink(new URL(request.url), config().authSecrets);
    const response = await auth().handler(renewed ? new Request(renewed, request) : request);
    if (response.status >= 500) return problem("UNAVAILABLE", UNAVAILABLE);
    response.headers.set("cache-control", "no-store");
    return response;
  } catch (error) {
    log("error", "request failed", { path: new URL(request.url).pathname, error: describeError(error) });
    return problem("UNAVAILABLE", UNAVAILABLE);
  }
}

export { handle as GET, handle as POST };
