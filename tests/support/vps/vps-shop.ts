import { binary } from "../binary.ts";
import { stackImage } from "../stack-images.ts";
import { tinyImage } from "../tiny-image.ts";
import type { Vps } from "./vps.ts";
import { dockerVps, giveImages } from "./vps-docker.ts";

/** Where a person has put the executable; not where `install` puts it. */
export const DOWNLOADED = "/root/soloflow-agent";
export const AGENT = "/usr/local/bin/soloflow-agent";

/**
 * Answers with its version and the length of its secret. The web server of busybox answers nothing where a command of
 * its own would be needed, so the page is written at the start, and a start without the secret fails.
 */
const COMPOSE = (version: string) => `services:
  app:
    image: sft-tiny
    init: true
    user: "10001:10001"
    environment: { VERSION: "${version}" }
    command: ["sh", "-c", "test -s /run/secrets/TOKEN && mkdir -p /tmp/w && echo version $$VERSION, secret $$(wc -c </run/secrets/TOKEN) >/tmp/w/index.html && exec httpd -f -p 8080 -h /tmp/w"]
    tmpfs: ["/tmp:mode=1777"]
    ports: ["8080:8080"]
    restart: unless-stopped
  worker:
    image: sft-tiny
    init: true
    command: ["sleep", "infinity"]
    restart: unless-stopped
`;

const TOML = `project = "shop"
[service.app]
ready = { http = ":8080/", within = "30s" }
live = { http = ":8080/" }
[secret.TOKEN]
kind = "generated"
for = ["app"]
`;

/** A server with Docker, a downloaded agent and the files of a small project with two colours and a secret. */
export async function shopVps(): Promise<Vps> {
  const server = await dockerVps();
  try {
    await giveImages(server, [await tinyImage(), await stackImage("ingress")]);
    await server.copyIn(await binary(), DOWNLOADED);
    await server.must(["mkdir", "-p", "/srv/shop"]);
    await writeFile(server, "/srv/shop/soloflow.toml", TOML);
    await writeVersion(server, "1");
    return server;
  } catch (thrown) {
    await server[Symbol.asyncDispose]();
    throw thrown;
  }
}

export async function writeVersion(server: Vps, version: string): Promise<void> {
  await writeFile(server, "/srv/shop/compose.yaml", COMPOSE(version));
}

export async function writeFile(server: Vps, path: string, text: string): Promise<void> {
  await server.must(["sh", "-c", 'mkdir -p "$(dirname "$1")" && cat >"$1"', "sh", path], { stdin: text });
}

/** Runs the downloaded agent in the project's folder. */
export function inShop(server: Vps, line: string, agent = DOWNLOADED): Promise<string> {
  return server.must(["sh", "-c", `cd /srv/shop && ${agent} ${line}`], { timeoutMs: 240_000 });
}

/** What customers are answered; "" while nobody answers. */
export async function answer(server: Vps): Promise<string> {
  const script =
    "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && timeout 5 cat <&3 | tail -n 1";
  return (await server.exec(["bash", "-c", script])).stdout.trim();
}

/** One property of a unit, as `systemctl show` prints it. */
export async function property(server: Vps, unit: string, name: string): Promise<string> {
  return (await server.must(["systemctl", "show", "--value", "--property", name, unit])).trim();
}

/** What a container runs behind its init stands still; the init itself does not. */
export async function freezeIn(server: Vps, container: string): Promise<void> {
  const pid = await server.must(["docker", "inspect", "--format", "{{.State.Pid}}", container]);
  await server.must(["sh", "-c", `kill -STOP $(cat /proc/${pid.trim()}/task/*/children)`]);
}
