import { createConnection, createServer } from "node:net";

/**
 * `bun browser-relay.ts PORT PATH`: what connects to 127.0.0.1:PORT here is
 * connected to the Unix socket PATH, which is the same in every network
 * namespace. Ends with the process that started it.
 */
const [port = "", path = ""] = process.argv.slice(2);
const parent = process.ppid;

createServer((near) => {
  const far = createConnection(path);
  near.pipe(far);
  far.pipe(near);
  for (const [one, other] of [
    [near, far],
    [far, near],
  ] as const) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
  }
}).listen(Number(port), "127.0.0.1");

setInterval(() => {
  if (process.ppid !== parent) process.exit(0);
}, 250);
