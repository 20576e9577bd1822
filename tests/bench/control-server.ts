/* Answers as the apps do and is never deployed: prints its port. */
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  async fetch(request) {
    const workMs = Number(request.headers.get("x-work-ms") ?? 0);
    if (workMs > 0) await Bun.sleep(workMs);
    return new Response(request.method === "POST" ? await request.text() : "ok");
  },
});
console.log(server.port);
