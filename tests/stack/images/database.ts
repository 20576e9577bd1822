import type { Outcome } from "../../../agent/core/command.ts";
import { stackImage } from "../../support/stack-images.ts";
import { startContainer, type TestContainer, tryDocker } from "../../support/test-container.ts";
import { waitFor } from "../../support/wait-for.ts";

/** What the stack gives the database to write to, beside its volume. */
const TMPFS = ["--tmpfs=/tmp", "--tmpfs=/var/run/postgresql:uid=70,gid=70"];

/** Starts the database as the stack does; `options` are those of `docker run`. */
export async function startDatabase(...options: string[]): Promise<TestContainer> {
  return startContainer(await stackImage("database"), [...TMPFS, ...options]);
}

/** As the health check of the stack asks, and in the way of the official image's users. */
export async function isReady(database: TestContainer): Promise<boolean> {
  const tcp = await database.exec("pg_isready", "-q", "-h", "127.0.0.1");
  const socket = await database.exec("pg_isready", "-q");
  return tcp.kind === "ok" && socket.kind === "ok";
}

export async function whenReady(database: TestContainer): Promise<void> {
  await waitFor("the database is ready", () => isReady(database), 60_000).catch(async (error: Error) => {
    throw new Error(`${error.message}; its log:\n${await database.logs()}`);
  });
}

/** One value, asked for over the trusted socket; throws when the query fails. */
export async function ask(
  database: TestContainer,
  user: string,
  name: string,
  query: string,
): Promise<string> {
  const outcome = await database.exec("psql", "-AtX", "-U", user, "-d", name, "-c", query);
  if (outcome.kind !== "ok") throw new Error(`${query}: ${JSON.stringify(outcome)}`);
  return outcome.stdout.trim();
}

/** A log-in over the network, from another container. */
export async function logIn(
  network: string,
  to: { host: string; user: string; name: string; password: string },
): Promise<Outcome> {
  const url = `postgres://${to.user}:${to.password}@${to.host}:5432/${to.name}`;
  const image = await stackImage("database");
  return tryDocker("run", "--rm", "--network", network, image, "psql", url, "-Atc", "select current_user");
}
