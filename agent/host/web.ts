/** One request to a server somewhere else; the answer's body is not read. */
export type WebRequest = {
  method: "GET" | "POST";
  /** http or https. A user and password in it are sent as basic authorization. */
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** A redirect is an answer like any other, unless it is to be followed. */
  follow?: boolean;
};

/** Any status is an answer. `why` never holds the URL, which may be a secret. */
export type WebAnswer =
  | { answered: true; status: number; retryAfterMs: number | undefined }
  | { answered: false; why: string };

/** Honours HTTP_PROXY, HTTPS_PROXY and NO_PROXY; certificates are always verified. Never throws. */
export type Web = (
  request: WebRequest,
  limits: { timeoutMs: number; signal?: AbortSignal },
) => Promise<WebAnswer>;

export const systemWeb: Web = async (request, { timeoutMs, signal }) => {
  const target = targetOf(request.url);
  if (target === undefined) return { answered: false, why: "it is no http or https URL" };
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await fetch(target.url, {
      method: request.method,
      headers: { ...target.headers, ...request.headers },
      ...(request.body === undefined ? {} : { body: request.body }),
      redirect: request.follow === true ? "follow" : "manual",
      keepalive: false,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
      // Said, because NODE_TLS_REJECT_UNAUTHORIZED in the environment would turn it off.
      tls: { rejectUnauthorized: true },
    });
    await answer.body?.cancel().catch(() => {});
    return { answered: true, status: answer.status, retryAfterMs: retryAfter(answer.headers) };
  } catch (thrown) {
    if (timeout.aborted) return { answered: false, why: `no answer within ${timeoutMs / 1_000} s` };
    return { answered: false, why: signal?.aborted ? "cancelled" : wordsFor(thrown) };
  }
};

function targetOf(text: string): { url: string; headers: Record<string, string> } | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:") return undefined;
  const login = [url.username, url.password].map(decodeURIComponent).join(":");
  url.username = "";
  url.password = "";
  const headers = login === ":" ? {} : { authorization: `Basic ${Buffer.from(login).toString("base64")}` };
  return { url: url.href, headers: headers as Record<string, string> };
}

/** The code alone: messages of fetch name the address. */
function wordsFor(thrown: unknown): string {
  const code = String((thrown as { code?: unknown } | undefined)?.code ?? "");
  if (code === "ECONNREFUSED") return "the connection is refused";
  if (code === "ENOTFOUND" || code.startsWith("EAI_")) return "the name of its host is not found";
  if (code === "ECONNRESET") return "the connection was closed without an answer";
  return /^[A-Z0-9_]+$/.test(code) ? `the request failed (${code})` : "the request failed";
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
