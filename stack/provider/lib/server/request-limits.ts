import type { IncomingMessage, ServerResponse } from "node:http";

/** Bytes. The longest body that means anything here is a sign-up, below 1 kB. */
export const MAX_BODY = 64 * 1024;

/**
 * Refuses a body that is too long, or of no stated length, before any of it is
 * read; true when the request was answered here. Browsers, curl and the ingress
 * all state the length of what this API takes.
 */
export function refusedForSize(request: IncomingMessage, response: ServerResponse): boolean {
  const length = Number(request.headers["content-length"] ?? 0);
  if (request.headers["transfer-encoding"] !== undefined) {
    refuse(response, 411, "LENGTH_REQUIRED", "send the body with a content-length");
  } else if (length > MAX_BODY) {
    refuse(response, 413, "TOO_LARGE", `a body has at most ${MAX_BODY} bytes`);
  }
  return response.headersSent;
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.shouldKeepAlive = false;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ code, message }));
}
