import { createHash } from "node:crypto";
import { binary } from "../binary.ts";
import { must } from "./must.ts";
import { Vps } from "./vps.ts";
import { vpsImage } from "./vps-image.ts";

let made: Promise<string> | undefined;

/** Changes when this file's recipe does. */
const RECIPE = 1;

/**
 * A rented server on which `soloflow-agent setup` was run once: made in half a minute, then kept as an image. The agent
 * itself is not on it.
 */
export async function dockerVps(): Promise<Vps> {
  made ??= dockerImage();
  const server = await Vps.create({ image: await made });
  await server.must(["docker", "info"]);
  return server;
}

async function dockerImage(): Promise<string> {
  const bare = await vpsImage();
  const digest = createHash("sha256")
    .update(JSON.stringify([bare, RECIPE]))
    .digest("hex")
    .slice(0, 12);
  const image = `sft-vps-docker:${digest}`;
  if ((await must(["docker", "image", "ls", "--quiet", image])) !== "") return image;
  await using server = await Vps.create({ image: bare });
  await server.copyIn(await binary(), "/root/agent");
  await server.must(["/root/agent", "setup", "--yes"], { timeoutMs: 300_000 });
  const clean = "rm -rf /root/agent /var/lib/soloflow /var/log/journal/* && : >/etc/machine-id && sync";
  await server.must(["sh", "-c", `systemctl stop docker.service docker.socket containerd; ${clean}`]);
  await must(["docker", "commit", "--pause=false", server.name, image]);
  return image;
}

/** Gives the server's engine images of this machine's. */
export async function giveImages(server: Vps, images: readonly string[]): Promise<void> {
  const archive = `/tmp/${server.name}.images.tar`;
  try {
    await must(["docker", "save", "--output", archive, ...images]);
    await server.copyIn(archive, "/root/images.tar");
    await server.must(["docker", "load", "--quiet", "--input", "/root/images.tar"]);
    await server.must(["rm", "/root/images.tar"]);
  } finally {
    await must(["rm", "-f", archive]);
  }
}
