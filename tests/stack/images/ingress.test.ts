import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { stackImage } from "../../support/stack-images.ts";
import { tempFolder } from "../../support/temp-folder.ts";
import {
  docker,
  startContainer,
  type TestContainer,
  testName,
  testNetwork,
} from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";

/** Images may have to be built first, on a machine that is busy. */
setDefaultTimeout(180_000);

/** Two colours behind port 80, the file gateway.green deciding, and the admin socket that counts requests. */
const CADDYFILE = `{
	admin unix//run/caddy/admin.sock
	persist_config off
	auto_https off
}
:80 {
	@green file {
		root /active
		try_files /gateway.green
	}
	handle @green {
		reverse_proxy green:8080
	}
	handle {
		reverse_proxy blue:8080
	}
}
`;

const folder = tempFolder();
const stack = new AsyncDisposableStack();
let ingress: TestContainer;
let address: string;

beforeAll(async () => {
  chmodSync(folder.path, 0o755);
  for (const name of ["caddy", "active", "run", "cgi-bin"]) mkdirSync(folder.at(name));
  chmodSync(folder.at("run"), 0o777);
  writeFileSync(folder.at("caddy/Caddyfile"), CADDYFILE);
  writeFileSync(folder.at("cgi-bin/name"), 'printf "Content-Type: text/plain\\r\\n\\r\\n$COLOUR"\n');
  writeFileSync(
    folder.at("cgi-bin/slow"),
    `until [ -e /tmp/go ]; do sleep 0.05; done; . /www/cgi-bin/name\n`,
  );
  for (const name of ["name", "slow"]) {
    writeFileSync(
      folder.at("cgi-bin", name),
      `#!/bin/sh\n${await Bun.file(folder.at("cgi-bin", name)).text()}`,
    );
    chmodSync(folder.at("cgi-bin", name), 0o755);
  }
  const network = stack.use(await testNetwork()).name;
  const colour = async (name: string) =>
    stack.use(
      await startContainer(
        await stackImage("base"),
        [
          "--network",
          network,
          "--network-alias",
          name,
          "-e",
          `COLOUR=${name}`,
          "-v",
          `${folder.path}:/www:ro`,
          "--tmpfs=/tmp",
        ],
        ["httpd", "-f", "-p", "8080", "-h", "/www"],
      ),
    );
  blue = await colour("blue");
  await colour("green");
  const mounts = [
    `${folder.at("caddy")}:/etc/caddy:ro`,
    `${folder.at("active")}:/active:ro`,
    `${folder.at("run")}:/run/caddy`,
  ];
  const options = ["--network", network, ...mounts.flatMap((mount) => ["-v", mount])];
  ingress = stack.use(await startContainer(await stackImage("ingress"), options));
  address = `http://${await ingress.address()}`;
  await waitFor("the ingress answers", () => colourOf().catch(() => undefined), 20_000);
});
let blue: TestContainer;

afterAll(async () => {
  await stack.disposeAsync();
  folder[Symbol.dispose]();
});

const colourOf = async () => (await fetch(`${address}/cgi-bin/name`)).text();

test("serves port 80 as uid 10004 with no capability, and obeys a stop", async () => {
  const status = await ingress.exec("cat", "/proc/1/comm", "/proc/1/status");
  const text = status.kind === "ok" ? status.stdout : "";
  expect(text).toStartWith("caddy\n");
  expect(text).toMatch(/^Uid:\s+10004\s+10004\s+10004\s+10004$/m);
  expect(text).toMatch(/^CapEff:\s+0+$/m);
});

test("a file that appears moves the next request to the other colour, and back when it goes", async () => {
  expect(await colourOf()).toBe("blue");
  writeFileSync(folder.at("active/.new"), "");
  renameSync(folder.at("active/.new"), folder.at("active/gateway.green"));
  expect(await colourOf()).toBe("green");
  rmSync(folder.at("active/gateway.green"));
  expect(await colourOf()).toBe("blue");
});

describe("the admin socket", () => {
  type Upstream = { address: string; num_requests: number; fails: number };
  const upstreams = async (): Promise<Upstream[]> =>
    (
      await fetch("http://ingress/reverse_proxy/upstreams", { unix: folder.at("run/admin.sock") })
    ).json() as Promise<Upstream[]>;
  const busy = async (host: string) =>
    (await upstreams()).find((each) => each.address === `${host}:8080`)?.num_requests;

  test("counts what is in flight to each colour, also after a switch", async () => {
    const slow = [1, 2, 3].map(() => fetch(`${address}/cgi-bin/slow`).then((answer) => answer.text()));
    await waitFor("three are in flight", async () => (await busy("blue")) === 3);
    writeFileSync(folder.at("active/gateway.green"), "");
    expect(await colourOf()).toBe("green");
    expect(await busy("blue")).toBe(3);
    rmSync(folder.at("active/gateway.green"));
    await blue.exec("touch", "/tmp/go");
    expect(await Promise.all(slow)).toEqual(["blue", "blue", "blue"]);
    await waitFor("none is in flight", async () => (await busy("blue")) === 0);
  });

  test("is there again after the ingress was killed", async () => {
    await docker("kill", ingress.name);
    await docker("start", ingress.name);
    await waitFor("the socket answers", () => upstreams().catch(() => undefined), 20_000);
  });

  test("is not on the network", async () => {
    await expect(fetch(`${address}:2019/config/`)).rejects.toThrow();
  });
});

test("keeps certificates on a fresh volume at /data without root", async () => {
  const volume = testName("data");
  try {
    const image = await stackImage("ingress");
    const write = ["touch", "/data/caddy"];
    await docker("run", "--rm", "--cap-drop=ALL", "--read-only", "-v", `${volume}:/data`, image, ...write);
  } finally {
    await docker("volume", "rm", "-f", volume);
  }
});
