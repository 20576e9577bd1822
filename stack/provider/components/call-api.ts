/** What became of a call: the answer's body, or text for people and the status (0 when there was no answer). */
export type Called<T> = { ok: true; body: T } | { ok: false; status: number; code: string; message: string };

const OFFLINE = "The server cannot be reached. Check your connection and try again.";
const UNKNOWN = "That did not work. Please try again in a moment.";
/** Milliseconds. Longer than the server's own deadlines, so that its answer comes first. */
const DEADLINE_MS = 20_000;

/**
 * Calls the provider's JSON API from a page. Plain requests and not server
 * actions: those carry a build's own identifiers, so that a page of the version
 * before would fail at the moment of a deploy.
 */
export async function callApi<T>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: object,
): Promise<Called<T>> {
  try {
    const response = await fetch(path, {
      method,
      signal: AbortSignal.timeout(DEADLINE_MS),
      ...(body && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const answer = await response.json().catch(() => ({}));
    if (response.ok) return { ok: true, body: answer as T };
    return refused(response.status, answer);
  } catch {
    return { ok: false, status: 0, code: "OFFLINE", message: OFFLINE };
  }
}

function refused(status: number, answer: { code?: unknown; message?: unknown }): Called<never> {
  const code = typeof answer.code === "string" ? answer.code : "";
  const said =
    typeof answer.message === "string" && answer.message !== "" ? sentence(answer.message) : UNKNOWN;
  return { ok: false, status, code, message: FRIENDLY[code] ?? (status === 429 ? TOO_MANY : said) };
}

const TOO_MANY = "Too many attempts. Wait ten seconds and try again.";

/** Better Auth's answers, in words that say what to do next. */
const FRIENDLY: Readonly<Record<string, string>> = {
  INVALID_EMAIL_OR_PASSWORD: "That e-mail and password do not belong together.",
  INVALID_EMAIL: "That does not look like an e-mail address.",
  USER_ALREADY_EXISTS: "There is an account with this e-mail already. Sign in instead.",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "There is an account with this e-mail already. Sign in instead.",
  PASSWORD_TOO_SHORT: "A password has at least 8 characters.",
  PASSWORD_TOO_LONG: "A password has at most 128 characters.",
  INVALID_ORIGIN:
    "This address is not one the server knows as its own. Ask its operator to set BETTER_AUTH_URL.",
};

function sentence(text: string): string {
  const capital = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(capital) ? capital : `${capital}.`;
}
