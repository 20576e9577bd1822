import { afterAll, beforeAll, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";
import { type AcmeServer, acmeServer } from "../support/acme-server.ts";
import { httpsClient } from "../support/https-client.ts";
import { newAccount } from "../support/provider-api.ts";
import { docker } from "../support/sandbox.ts";
import { type StackProject, stackProject } from "../support/stack-project.ts";
import { freePort } from "../support/test-project.ts";
import { waitFor } from "../support/wait-for.ts";

const DOMAIN = "shop.example.com";

let stack: StackProject;
let acme: AcmeServer;
let ports: { http: number; https: number };
let get: ReturnType<typeof httpsClient>;
let warned: string;

/** The stack without a domain first, as most begin; then it gets one. */
beforeAll(async () => {
  stack = await stackProject();
  await stack.must("deploy");
  warned = (await stack.must("check")).stderr;
  ports = { http: await freePort(), https: await freePort() };
  const network = `${stack.name}_soloflow-ingress`;
  const subnet = await docker("network", "inspect", "-f", "{{(index .IPAM.Config 0).Subnet}}", network);
  const address = (last: number) => subnet.replace(/\.\d+\/\d+$/, `.${last}`);
  const ingress = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`;
  acme = await acmeServer({
    ...{ image: stack.image("ingress"), network, domain: DOMAIN },
    ...{ address: address(250), domainAddress: await stack.inspect("ingress", ingress) },
  });
  stack.write("authority.pem", acme.root);
  const settings = [
    `domain = "${DOMAIN}"`,
    ...[`http_port = ${ports.http}`, `https_port = ${ports.https}`],
    ...[`acme_ca = "${acme.directory}"`, 'acme_ca_root = "authority.pem"'],
  ];
  stack.edit("soloflow.toml", '# domain = "example.com"', settings.join("\n"));
  await stack.must("deploy");
  get = httpsClient(DOMAIN, ports.https, acme.root);
  const answers = () => get("/api/health").catch(() => undefined);
  await waitFor("a certificate is issued", answers, 30_000);
}, 300_000);

afterAll(async () => {
  await acme?.[Symbol.asyncDispose]();
  await stack?.[Symbol.asyncDispose]();
}, 60_000);

test("check warns as long as there is no domain, and no more with one", async () => {
  expect(warned).toContain("keys and passwords travel in clear");
  const checked = await stack.must("check");
  expect(checked.stderr).not.toContain("travel in clear");
});

test("the domain has a certificate of the configured authority, and tells browsers to stay with HTTPS", async () => {
  const { status, headers, issuer } = await get("/sign-in");
  expect(status).toBe(200);
  expect(issuer).toStartWith("Caddy Local Authority");
  expect(headers["strict-transport-security"]).toMatch(/^max-age=\d{7,}/);
});

test("plain HTTP for the domain is sent on to HTTPS with its path and query, at the port where that is", async () => {
  const answer = await fetch(`http://127.0.0.1:${ports.http}/keys?from=mail`, {
    headers: { Host: DOMAIN },
    redirect: "manual",
    method: "POST",
  });
  expect(answer.status).toBe(308);
  expect(answer.headers.get("location")).toBe(`https://${DOMAIN}:${ports.https}/keys?from=mail`);
});

test("a key made over HTTPS passes the gateway's paths, everything else goes to the provider", async () => {
  const json = { "content-type": "application/json", origin: `https://${DOMAIN}:${ports.https}` };
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    get(path, { method: "POST", body: JSON.stringify(body), headers: { ...json, ...headers } });
  const signedUp = await post("/api/auth/sign-up/email", newAccount());
  expect(signedUp.status).toBe(200);
  const [session = ""] = signedUp.headers["set-cookie"] ?? [];
  expect(session).toContain("; Secure");
  const made = await post("/api/keys", { name: "x", mode: "live" }, { cookie: session.split(";")[0] ?? "" });
  expect(made.status).toBe(201);

  const key = { "X-API-Key": JSON.parse(made.body).key };
  for (const method of ["GET", "POST"]) {
    const answer = await get("/api/v1/service-1/test", { method, headers: key });
    expect({ status: answer.status, ...JSON.parse(answer.body) }).toMatchObject({ status: 200, method });
  }
  expect((await get("/api/v1/service-1/test")).status).toBe(401);
  expect(JSON.parse((await get("/actuator/health")).body)).toEqual({ status: "UP" });
  expect((await get("/sign-in")).body).toContain("<html");
});

test("where the apps tell of their secrets the ingress leads nobody, and asks nobody", async () => {
  // The apps' own refusals are JSON.
  expect(await get("/internal/secrets")).toMatchObject({ status: 404, body: "" });
  expect(await get("/internal//Secrets?x")).toMatchObject({ status: 404, body: "" });
});

test("the plain ports are left to this machine alone", async () => {
  const bindings = JSON.parse(await stack.inspect("ingress", "{{json .HostConfig.PortBindings}}"));
  for (const port of [stack.ports.gateway, stack.ports.provider])
    expect(bindings[`${port}/tcp`]).toEqual([{ HostIp: "127.0.0.1", HostPort: String(port) }]);
  expect((await fetch(`${stack.gateway}/actuator/health`)).status).toBe(200);
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;
  expect(outside).toBeDefined();
  await expect(fetch(`http://${outside}:${stack.ports.gateway}/actuator/health`)).rejects.toThrow();
  expect(
    (await fetch(`http://${outside}:${ports.http}/`, { headers: { Host: DOMAIN }, redirect: "manual" }))
      .status,
  ).toBe(308);
});
