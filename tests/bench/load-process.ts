/*
 * A load in a process of its own, so that what the bench does meanwhile is not measured as a gap:
 * `bun load-process.ts URL PER_SECOND METHODS [HEADER=VALUE]`; ends when its input ends and prints a LoadResult.
 */
import { startLoad } from "../support/load.ts";

const [, , url = "", perSecond = "200", methods = "GET,POST", ...headers] = process.argv;
const pairs = headers.map((header): [string, string] => {
  const at = header.indexOf("=");
  return [header.slice(0, at), header.slice(at + 1)];
});
const load = startLoad(url, {
  perSecond: Number(perSecond),
  methods: methods.split(",") as ("GET" | "POST")[],
  headers: Object.fromEntries(pairs),
});
for await (const _ of process.stdin) {
  // Only its end counts.
}
console.log(JSON.stringify(await load.stop()));
