import type { IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { TLSSocket } from "node:tls";

export type HttpsAnswer = {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Common name of who signed the server's certificate. */
  issuer: string;
};

/** A client that finds `domain` on this machine's `port` and trusts one authority alone. */
export function httpsClient(domain: string, port: number, root: string) {
  return (path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) =>
    new Promise<HttpsAnswer>((done, fail) => {
      const { method = "GET", headers = {}, body = "" } = options;
      const asked = request({
        ...{ host: "127.0.0.1", port, servername: domain, ca: root, method, path, agent: false },
        headers: { host: `${domain}:${port}`, "content-length": String(Buffer.byteLength(body)), ...headers },
        timeout: 10_000,
      });
      asked.once("error", fail).once("timeout", () => asked.destroy(new Error("no answer within 10 s")));
      asked.once("response", (response) => {
        const certificate = (response.socket as TLSSocket).getPeerCertificate();
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part)).once("error", fail);
        response.once("end", () =>
          done({
            ...{ status: response.statusCode ?? 0, headers: response.headers },
            ...{ body: Buffer.concat(parts).toString(), issuer: String(certificate.issuer.CN) },
          }),
        );
      });
      asked.end(body);
    });
}
