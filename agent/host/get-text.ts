import { request } from "node:http";

/** Longer bodies are none of ours. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * The body of a 200 answer; undefined for every other answer and for none. As `httpProbe`, not by fetch, which obeys
 * HTTP_PROXY.
 */
export function getText(url: string, timeoutMs: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const asked = request(url, { agent: false, headers: { connection: "close" } }, (answer) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (part: string) => {
      text += part;
      if (text.length > MAX_CHARACTERS) asked.destroy(new Error("too long"));
    });
    answer.on("end", () => resolve(answer.statusCode === 200 ? text : undefined));
    answer.on("error", () => resolve(undefined));
  });
  asked.setTimeout(timeoutMs, () => asked.destroy(new Error("no answer")));
  asked.on("error", () => resolve(undefined));
  asked.end();
  return promise;
}
