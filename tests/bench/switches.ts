import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { type TestProject, testProject, writeApp } from "../support/test-project.ts";
import { startLoads } from "./loads.ts";
import { median, ms, type Row } from "./row.ts";

const DEPLOYS = 20;

type Switch = { durationMs: number; buildMs: number; readyAfterMs: number };

/** Requests lost, gap and time of 20 deploys of the stack's gateway at 200 requests/s with a real key. */
export async function gatewaySwitches(): Promise<Row[]> {
  await using stack = await stackProject();
  await stack.must("deploy");
  const customer = new ProviderApi(stack.provider);
  await customer.signUp(newAccount());
  const { key } = await customer.makeKey("bench", "test");
  const loads = startLoads(`${stack.gateway}/api/v1/service-1/test`, { "X-API-Key": key });
  const switches: Switch[] = [];
  for (let number = 1; number <= DEPLOYS; number += 1) switches.push(await changeGateway(stack, number));
  const { load, control } = await loads.stop();
  const over = load.longestGapMs - control.longestGapMs;
  const own = switches.map((each) => each.durationMs - each.buildMs - each.readyAfterMs);
  return [
    {
      what: `requests lost in ${DEPLOYS} deploys of the gateway, 200/s, GET and POST`,
      measured: `${load.failures.length} of ${load.sent}`,
      beside: await plainCompose(stack, key),
      bar: "0",
      met: load.failures.length === 0,
    },
    {
      what: "longest gap without a good answer",
      measured: ms(load.longestGapMs),
      beside: `control ${ms(control.longestGapMs)}`,
      bar: "≤ 100 ms over the control's",
      met: over <= 100,
    },
    {
      what: "deploy of a changed gateway, over build and its own time to ready (drain included)",
      measured: `median ${ms(median(own))}`,
      beside: `whole deploy ${ms(median(switches.map((each) => each.durationMs)))}`,
      bar: "≤ 1 s + drain",
      met: median(own) <= 1_250,
    },
  ];
}

async function changeGateway(stack: StackProject, number: number): Promise<Switch> {
  stack.write("stack/gateway/src/bench.ts", `export const deploy = ${number};\n`);
  const { stdout } = await stack.must("deploy", "--json");
  const document = JSON.parse(stdout) as {
    durationMs: number;
    services: { name: string; buildMs: number | null; readyAfterMs: number | null }[];
  };
  const gateway = document.services.find((service) => service.name === "gateway");
  return {
    durationMs: document.durationMs,
    buildMs: gateway?.buildMs ?? 0,
    readyAfterMs: gateway?.readyAfterMs ?? 0,
  };
}

/** The same change by `docker compose up -d` on the gateway with its port published, for comparison. */
async function plainCompose(stack: StackProject, key: string): Promise<string> {
  const model = `${stack.folder}/plain.json`;
  const image = `${stack.name}/gateway:latest`;
  const port = stack.ports.gateway;
  await docker("rm", "-f", `${stack.name}-ingress-1`);
  const write = (number: number) =>
    stack.write("plain.json", JSON.stringify(plainModel(stack, { image, port, number })));
  const up = () => docker("compose", "-p", `${stack.name}-plain`, "-f", model, "up", "-d");
  write(0);
  await up();
  await untilGood(`${stack.gateway}/actuator/health`);
  const loads = startLoads(`${stack.gateway}/api/v1/service-1/test`, { "X-API-Key": key });
  for (let number = 1; number <= 3; number += 1) {
    write(number);
    await up();
    await untilGood(`${stack.gateway}/actuator/health`);
  }
  const { load } = await loads.stop();
  await docker("compose", "-p", `${stack.name}-plain`, "-f", model, "down", "-t", "1");
  return `docker compose up -d, 3 times: ${load.failures.length} of ${load.sent}, gap ${ms(load.longestGapMs)}`;
}

function plainModel(
  stack: StackProject,
  { image, port, number }: { image: string; port: number; number: number },
): object {
  const spec = JSON.parse(
    Bun.spawnSync([
      "docker",
      "inspect",
      `${stack.name}-gateway-blue-1`,
      `${stack.name}-gateway-green-1`,
    ]).stdout.toString(),
  ) as {
    Config: { Env: string[] };
    HostConfig: { Binds: string[] | null };
    Mounts: { Source: string; Destination: string }[];
  }[];
  const [running] = spec;
  const volumes = (running?.Mounts ?? []).map(({ Source, Destination }) => `${Source}:${Destination}:ro`);
  return {
    services: {
      gateway: {
        image,
        user: "10001:10001",
        environment: [...(running?.Config.Env ?? []), `N=${number}`],
        volumes,
        ports: [`127.0.0.1:${port}:8080`],
        networks: ["n"],
      },
    },
    networks: { n: { name: `${stack.name}_soloflow-network`, external: true } },
  };
}

async function untilGood(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    const good = await fetch(url, { keepalive: false }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (good) return;
    await Bun.sleep(50);
  }
  throw new Error(`${url} never answered`);
}

/** Apps that do not help: no SIGTERM handler, 12 s to boot, never ready. */
export async function rudeApps(): Promise<Row[]> {
  return [
    await rude("an app without a SIGTERM handler, 5 deploys", 5, (number) => ({
      VERSION: String(number),
      TERM: "ignore",
    })),
    await rude("an app that needs 12 s to boot, 2 deploys", 2, (number) => ({
      VERSION: String(number),
      BOOT_MS: "12000",
    })),
    await rude("an app that never becomes ready, 3 deploys", 3, (number) => ({
      VERSION: String(number),
      ...(number > 0 ? { READY: "never" } : {}),
    })),
  ];
}

async function rude(
  what: string,
  deploys: number,
  settings: (number: number) => Record<string, string>,
): Promise<Row> {
  await using project: TestProject = await testProject();
  const write = (number: number) =>
    writeApp(project, settings(number), { within: number > 0 && settings(1).READY ? "3s" : "60s" });
  write(0);
  await project.must("deploy");
  const loads = startLoads(project.url);
  for (let number = 1; number <= deploys; number += 1) {
    write(number);
    await project.agent("deploy");
  }
  const { load, control } = await loads.stop();
  return {
    what: `requests lost: ${what}`,
    measured: `${load.failures.length} of ${load.sent}, gap ${ms(load.longestGapMs)}`,
    beside: `control's gap ${ms(control.longestGapMs)}`,
    bar: "0",
    met: load.failures.length === 0,
  };
}
