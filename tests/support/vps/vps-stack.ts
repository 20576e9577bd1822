import { tmpdir } from "node:os";
import { join } from "node:path";
import { binary } from "../binary.ts";
import { tempFolder } from "../temp-folder.ts";
import { must } from "./must.ts";
import type { Vps } from "./vps.ts";
import { dockerVps, giveImages } from "./vps-docker.ts";
import { AGENT } from "./vps-shop.ts";

const LAYERS = ["base", "node", "bun"];
const APPS = ["database", "ingress", "gateway", "provider", "adminer"];

/** Where the stack lies on the server; its project is "soloflow". */
export const STACK_FOLDER = "/srv/stack";

/** A server on which the agent has deployed its whole stack, of images made on this machine, and is installed. */
export async function stackVps(): Promise<Vps> {
  const agent = await binary();
  const images = await stackImages(agent);
  const server = await dockerVps();
  try {
    await giveImages(server, images);
    await server.copyIn(agent, AGENT);
    await server.must(["mkdir", "-p", STACK_FOLDER]);
    await inStack(server, "init");
    await inStack(server, "deploy --yes");
    await inStack(server, "install --yes");
    return server;
  } catch (thrown) {
    await server[Symbol.asyncDispose]();
    throw thrown;
  }
}

/** Runs the installed agent in the stack's folder. */
export function inStack(server: Vps, line: string): Promise<string> {
  return server.must(["sh", "-c", `cd ${STACK_FOLDER} && ${AGENT} ${line}`], { timeoutMs: 240_000 });
}

/** The server's address in the network of this machine's engine; another one after each start. */
export async function addressOf(server: Vps): Promise<string> {
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  return (await must(["docker", "inspect", "--format", format, server.name])).trim();
}

/** Built by the agent itself unless they are there; all tests wait for each other's build, and images stay. */
async function stackImages(agent: string): Promise<string[]> {
  using folder = tempFolder();
  const shared = join(tmpdir(), "sft-stack-images");
  const env = ["env", `SOLOFLOW_STATE_DIR=${shared}/state`, `SOLOFLOW_RUN_DIR=${shared}/run`];
  // Of files as the agent lays them out there: their modes are a part of what images are made of.
  const where = { cwd: folder.path, timeoutMs: 900_000 };
  await must([...env, agent, "init"], where);
  await must([...env, agent, "build", "--wait", "10m"], where);
  return [...LAYERS, ...APPS].map((name) => `soloflow/${name}:latest`);
}
