import { docker } from "./sandbox.ts";
import { type StackProject, stackProject } from "./stack-project.ts";

const PEPPER = "/run/secrets/API_KEY_PEPPER";
const ROUTES = "stack/gateway/src/http/health-routes.ts";
/** A pepper has no such character. */
const NOTHING = "REFUSES: '!'";

/** The stack with a gateway that can be made to refuse secrets, and what tests ask of it. */
export type RefusingStack = StackProject & {
  /** With a gateway, deployed for a while, that is not ready when its pepper's text is like this. */
  whileRefused(pattern: string, act: () => Promise<void>): Promise<void>;
  /** A secret as the gateway's running container has it, and the container's id. */
  gatewayHas(name: string): Promise<{ id: string; text: string }>;
  /** Numbers of the versions of the pepper that the gateway accepts, the issuing one first. */
  versions(): Promise<number[]>;
  /** What PostgreSQL answers its superuser, bare. */
  sql(text: string): Promise<string>;
  /** The login that the gateway uses. */
  activeRole(): Promise<string>;
  /** Logins of apps that PostgreSQL lets in, in their order. */
  openRoles(): Promise<string[]>;
};

/** Not yet deployed. */
export async function refusingStack(): Promise<RefusingStack> {
  const stack = await stackProject();
  stack.edit("stack/compose.yaml", "UPSTREAMS: $", `${NOTHING}\n      UPSTREAMS: $`);
  stack.edit(ROUTES, "import { Hono }", 'import { readFileSync } from "node:fs";\nimport { Hono }');
  const refused = `new RegExp(process.env.REFUSES ?? "").test(readFileSync("${PEPPER}", "utf8"))`;
  const down = '{ status: "DOWN", reason: "it does not like its pepper" } as const';
  stack.edit(ROUTES, "= await health();", `= ${refused} ? (${down}) : await health();`);
  const sql = (text: string) =>
    docker("exec", `${stack.name}-db`, "psql", "-X", "-q", "-U", "postgres", "-Atc", text);
  const has = (name: string) => gatewayHas(stack, name);
  return Object.assign(stack, {
    ...{ sql, gatewayHas: has, whileRefused: whileRefused.bind(undefined, stack) },
    async versions() {
      const { text } = await has("API_KEY_PEPPER");
      return text.split(",").map((each) => (/^\d+:/.test(each) ? Number.parseInt(each, 10) : 1));
    },
    activeRole: async () => new URL((await has("DATABASE_URL")).text).username,
    async openRoles() {
      const wanted = "rolcanlogin and rolname ~ '^soloflow_[ab]$'";
      return (await sql(`select rolname from pg_roles where ${wanted}`)).split("\n").sort();
    },
  });
}

async function whileRefused(stack: StackProject, pattern: string, act: () => Promise<void>): Promise<void> {
  const refuses = `REFUSES: '${pattern}'`;
  stack.edit("stack/compose.yaml", NOTHING, refuses);
  try {
    await stack.must("deploy");
    await act();
  } finally {
    stack.edit("stack/compose.yaml", refuses, NOTHING);
    await stack.must("deploy");
  }
}

async function gatewayHas({ name: project }: StackProject, name: string) {
  const ids = await docker("ps", "-q", "--filter", `label=com.docker.compose.project=${project}`);
  const lines = (await docker("inspect", "-f", "{{.Name}} {{.Id}}", ...ids.split("\n"))).split("\n");
  const id = lines.find((line) => line.includes("-gateway-"))?.split(" ")[1] ?? "";
  return { id, text: await docker("exec", id, "cat", `/run/secrets/${name}`) };
}
