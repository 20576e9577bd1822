import { systemHost } from "../../agent/host/system-host.ts";
import type { Server } from "../../agent/run/database/psql.ts";
import type { TestPostgres } from "./postgres.ts";
import { inspectContainer } from "./test-container.ts";

/** A test's PostgreSQL as the agent would find one: the service "database" of a project "shop". */
export async function serverOf(postgres: TestPostgres): Promise<Server> {
  const { engine } = systemHost();
  const container = await engine.container(await inspectContainer(postgres.container.name, "{{.Id}}"));
  if (container === undefined) throw new Error("the container is gone");
  const found = { ...engine, containers: async () => [container] };
  return { host: { engine: found }, project: "shop", service: "database", superuser: "postgres" };
}
