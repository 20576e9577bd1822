import { afterAll, beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type SmallDisk, smallDisk } from "../support/full-disk.ts";
import { livesOf } from "../support/lives.ts";
import { startLoad } from "../support/load.ts";
import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { waitFor } from "../support/wait-for.ts";

const TEST_PATH = "/api/v1/service-1/test";
const SOURCE = "stack/gateway/src/http/service-1.ts";
/** Enough for the state of a stack, and quickly full. */
const DISK_BYTES = 32 << 20;

let stack: StackProject;
let disk: SmallDisk;
let headers: Record<string, string>;

beforeAll(async () => {
  stack = await stackProject();
  disk = await smallDisk(stack.env.SOLOFLOW_STATE_DIR ?? "", DISK_BYTES);
  await stack.must("deploy");
  const api = new ProviderApi(stack.provider);
  await api.signUp(newAccount());
  headers = { "X-API-Key": (await api.makeKey("x", "live")).key };
}, 300_000);

afterAll(async () => {
  await disk?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
}, 60_000);

/** Does something while customers ask: each is answered. */
async function served(act: () => Promise<void>): Promise<void> {
  const load = startLoad(stack.gateway + TEST_PATH, { perSecond: 50, headers });
  try {
    await act();
  } finally {
    const { failures, sent } = await load.stop();
    expect({ failures, sent: sent > 0 }).toEqual({ failures: [], sent: true });
  }
}

/** The same, and it is the same containers that answer. */
async function unnoticed(act: () => Promise<void>): Promise<void> {
  const before = await livesOf(stack.name);
  await served(act);
  expect(await livesOf(stack.name)).toEqual(before);
}

/** The project with some files changed, as they were afterwards. */
async function changed(
  files: Record<string, (text: string) => string>,
  act: () => Promise<void>,
): Promise<void> {
  const before = Object.keys(files).map(
    (file) => [file, readFileSync(join(stack.folder, file), "utf8")] as const,
  );
  try {
    for (const [file, text] of before) stack.write(file, files[file]?.(text) ?? text);
    await act();
  } finally {
    for (const [file, text] of before) stack.write(file, text);
  }
}

const stateOf = ({ services }: { services: { name: string; state: string }[] }, name: string) =>
  services.find((service) => service.name === name)?.state;

let versions = 0;
/** The gateway's source with another answer, so that its image is another. */
const newVersion = (text: string): string => {
  versions += 1;
  return text.replace("path: context.req.path", `path: context.req.path, version: ${versions}`);
};

const versionServed = async (): Promise<number | undefined> =>
  ((await (await fetch(stack.gateway + TEST_PATH, { headers })).json()) as { version?: number }).version;

test("an image over its limit is refused with both sizes; latest stays what it was", async () => {
  const latest = () => docker("image", "inspect", "-f", "{{.Id}}", `${stack.name}/gateway:latest`);
  const before = await latest();
  const limited = (text: string) => text.replace(/(gateway", max_size = )"200MB"/, '$1"1MB"');
  await changed({ "soloflow.toml": limited, [SOURCE]: newVersion }, () =>
    unnoticed(async () => {
      const { code, stderr } = await stack.agent("deploy");
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(/is 1\d\d MB, its limit is 1\.0 MB/),
      });
      expect(await latest()).toBe(before);
    }),
  );
});

test("a wrong health path is told with the answer that it got, and everything is put back", async () => {
  const wrong = (text: string) =>
    text.replace('":8080/actuator/health", within = "120s"', '":8080/healthz", within = "2s"');
  await changed({ "soloflow.toml": wrong, [SOURCE]: newVersion }, () =>
    unnoticed(async () => {
      const { code, stderr } = await stack.agent("deploy");
      expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining("status 404") });
      expect(stderr).toContain("put back");
      const status = JSON.parse((await stack.must("status", "--json")).stdout);
      expect(stateOf(status, "gateway")).toBe("ready");
    }),
  );
});

/** How a full disk is called. */
const FULL = /disk is full|no space left/i;

test("a full disk is told before anything is touched, and does not keep anyone from looking", async () => {
  await changed({ [SOURCE]: newVersion }, () =>
    unnoticed(async () => {
      disk.fill();
      try {
        const { code, stderr } = await stack.agent("deploy");
        expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(FULL) });
        expect(stderr).toContain("hint:");
        const status = await stack.must("status");
        expect(status.stdout).toMatch(/gateway +ready/);
        await stack.must("history");
      } finally {
        disk.free();
      }
    }),
  );
});

const gateways = async () => (await stack.containers()).filter((name) => name.startsWith("gateway-"));

/** Fills the disk at some moment of a deploy, which knows it by what was printed, and gives how that ended. */
async function fillDuringDeploy(moment: (printed: string) => boolean | Promise<boolean>) {
  const deploy = await stack.start("deploy");
  let printed = "";
  const reading = (async () => {
    for await (const part of deploy.stderr) printed += Buffer.from(part).toString();
  })();
  await waitFor("the moment has come", () => moment(printed), 60_000);
  disk.fill();
  const code = await deploy.exited;
  await reading;
  return { code, printed };
}

test.each([
  ["when the new image is built", (printed: string) => printed.includes(`building ${stack.name}/gateway`)],
  ["when the new colour starts", async () => (await gateways()).length === 2],
])(
  "a disk that fills up %s: the deploy is put back or done, and the next one finishes",
  async (_, moment) => {
    await changed({ [SOURCE]: newVersion }, () =>
      served(async () => {
        const before = await versionServed();
        try {
          const { code, printed } = await fillDuringDeploy(moment);
          const after = await versionServed();
          expect({ code, after }).toBeOneOf([
            { code: 1, after: before },
            { code: 3, after: before },
            { code: 0, after: versions },
          ]);
          if (code !== 0) expect(printed).toMatch(FULL);
          if (code !== 0) expect(await gateways()).toHaveLength(1);
        } finally {
          disk.free();
        }
        await stack.must("deploy");
        expect(await versionServed()).toBe(versions);
        expect((await stack.agent("plan")).code).toBe(0);
      }),
    );
  },
);

test("without an engine deploy, plan and status say so: exit 6", async () => {
  stack.env.DOCKER_HOST = "unix:///nonexistent/docker.sock";
  try {
    for (const verb of ["deploy", "plan", "status"]) {
      const { code, stdout, stderr } = await stack.agent(verb);
      expect({ verb, code }).toEqual({ verb, code: 6 });
      expect(stdout + stderr).toMatch(/docker/i);
    }
  } finally {
    delete stack.env.DOCKER_HOST;
  }
});

test("status works with a soloflow.toml that somebody has half edited; deploy names the line", async () => {
  await changed({ "soloflow.toml": (text) => `${text}\n[service.gateway\n` }, () =>
    unnoticed(async () => {
      const status = JSON.parse((await stack.must("status", "--json")).stdout);
      expect(stateOf(status, "gateway")).toBe("ready");
      const { code, stderr } = await stack.agent("deploy");
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/soloflow\.toml:\d+:\d+: /),
      });
    }),
  );
});

test("a compose file that is no YAML is named with its line: exit 2", async () => {
  const broken = (text: string) => text.replace("services:\n", "services:\n  - broken: [\n");
  await changed({ "stack/compose.yaml": broken }, () =>
    unnoticed(async () => {
      for (const verb of ["deploy", "plan", "check"]) {
        const { code, stderr } = await stack.agent(verb);
        expect({ verb, code, stderr }).toEqual({
          verb,
          code: 2,
          stderr: expect.stringMatching(/compose\.yaml:\d+|line \d+/),
        });
      }
    }),
  );
});
