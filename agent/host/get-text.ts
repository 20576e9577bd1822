import { bare, requestOf } from "./http-probe.ts";
import { dial } from "./probe/dial.ts";
import { HttpAnswer } from "./probe/http-answer.ts";

/** Longer bodies are none of ours. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * The body of a 200 answer; undefined for every other answer and for none. As `httpProbe`, neither by fetch nor by
 * node:http: the watchdog does it for months, and would carry 8 MB more.
 */
export function getText(url: string, timeoutMs: number): Promise<string | undefined> {
  const { hostname, port, host, pathname, search } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const answer = new HttpAnswer(MAX_CHARACTERS);
  const end = (text?: string) => {
    clearTimeout(timer);
    connection.close();
    resolve(text);
  };
  const timer = setTimeout(end, timeoutMs);
  const connection = dial(bare(hostname), Number(port || 80), {
    opened: ({ send }) => send(requestOf(`${pathname}${search}`, host)),
    data(bytes) {
      answer.push(bytes);
      if (answer.isComplete || !answer.isHttp) end(bodyOf(answer));
    },
    ended: () => end(bodyOf(answer)),
  });
  return promise;
}

function bodyOf({ status, text }: HttpAnswer): string | undefined {
  return status === 200 && text.length < MAX_CHARACTERS ? text : undefined;
}
