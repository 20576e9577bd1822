import { exec } from "../../agent/host/exec.ts";

/* Hands its own standard streams to a shell script and then prints how that ended: bun interactive.ts SCRIPT. */
const [script = ""] = Bun.argv.slice(2);
const outcome = await exec({ argv: ["sh", "-c", script] }, { timeoutMs: 20_000, stdio: "inherit" });
console.log(JSON.stringify(outcome));
