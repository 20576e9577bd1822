import { type CurrentUser, currentUser } from "../auth/session.ts";
import { isOwnRequest } from "../auth/trusted-origins.ts";
import { config } from "../config/config.ts";
import { describeError, log } from "../log.ts";
import { problem } from "./problem.ts";

/**
 * Answers a request of a signed-in customer, or says in JSON why not: 403 for a
 * change that another site asks for, 401 without a session, 503 when the
 * database does not answer.
 */
export async function forUser(
  request: Request,
  answer: (user: CurrentUser) => Promise<Response>,
): Promise<Response> {
  try {
    if (request.method !== "GET" && !isOwnRequest(request.headers, config())) {
      return problem("FORBIDDEN", "this request comes from another site");
    }
    const user = await currentUser(request.headers);
    return user ? await answer(user) : problem("UNAUTHORIZED", "sign in first");
  } catch (error) {
    log("error", "request failed", { path: new URL(request.url).pathname, error: describeError(error) });
    return problem("UNAVAILABLE", "this does not work just now, please try again in a moment");
  }
}
