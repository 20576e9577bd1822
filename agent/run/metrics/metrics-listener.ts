import { EXIT, reason, SoloflowError } from "../../core/errors.ts";
import { METRICS_TYPE } from "./create-metrics.ts";

export type MetricsListener = { port: number; stop(): Promise<void> };

/** Loopback addresses that name themselves; "localhost" may resolve to something else. */
const LOOPBACK = /^(?:127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost)$/;

/**
 * Serves `text` at /metrics of a loopback address ("127.0.0.1:9464", "[::1]:9464"; port 0 takes a free one). A request
 * must name that address itself as its host: a web page in somebody's browser whose name was made to lead here does
 * not. Errors: SoloflowError "metrics-listen" for any other address (exit 2), and where the port cannot be had.
 */
export function metricsListener(listen: string, text: () => Promise<string>): MetricsListener {
  const [, host = "", port = ""] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (!LOOPBACK.test(host)) {
    throw new SoloflowError(
      "metrics-listen",
      `metrics are not served on ${listen}: it is no loopback address`,
      {
        hint: 'write [metrics] listen = "127.0.0.1:9464", and let a proxy with a login lead there',
        exitCode: EXIT.usage,
      },
    );
  }
  const server = serve(
    listen,
    host === "localhost" ? "127.0.0.1" : host.replaceAll(/[[\]]/g, ""),
    Number(port),
    text,
  );
  return { port: server.port ?? 0, stop: () => server.stop(true) };
}

function serve(listen: string, hostname: string, port: number, text: () => Promise<string>) {
  try {
    return Bun.serve({
      ...{ hostname, port, idleTimeout: 10, maxRequestBodySize: 1_024 },
      fetch: (request) => answer(request, text),
      error: () => new Response("the metrics cannot be made\n", { status: 500 }),
    });
  } catch (thrown) {
    throw new SoloflowError("metrics-listen", `metrics cannot be served on ${listen}: ${reason(thrown)}`, {
      hint: "see who has the port with: ss -ltnp",
      cause: thrown,
    });
  }
}

async function answer(request: Request, text: () => Promise<string>): Promise<Response> {
  const host = (request.headers.get("host") ?? "").replace(/:\d+$/, "");
  if (!LOOPBACK.test(host)) return new Response("this host is not served here\n", { status: 421 });
  if (request.method !== "GET" && request.method !== "HEAD")
    return new Response("only GET\n", { status: 405, headers: { allow: "GET, HEAD" } });
  if (new URL(request.url).pathname !== "/metrics") return new Response("see /metrics\n", { status: 404 });
  const body = request.method === "HEAD" ? null : await text();
  return new Response(body, { headers: { "content-type": METRICS_TYPE, "cache-control": "no-store" } });
}
