import { newAccount, ProviderApi } from "../support/provider-api.ts";
import { docker } from "../support/sandbox.ts";
import type { StackProject } from "../support/stack-project.ts";

export type Customer = { url: string; headers: { "X-API-Key": string } };

/** Somebody who signed up and made a key, and what they ask the gateway for: it looks the key up in the database. */
export async function customerOf(stack: StackProject): Promise<Customer> {
  const api = new ProviderApi(stack.provider);
  await api.signUp(newAccount());
  const { key } = await api.makeKey("bench", "test");
  return { url: `${stack.gateway}/api/v1/service-1/test`, headers: { "X-API-Key": key } };
}

/** Name of the container that customers are served by; throws unless just one of the service's two colours runs. */
export async function servingContainer(project: string, service: string): Promise<string> {
  const names = await docker(
    ...["ps", "--filter", `label=com.docker.compose.project=${project}`],
    ...["--filter", `name=-${service}-(blue|green)-`, "--format", "{{.Names}}"],
  );
  const [name, ...others] = names.split("\n").filter(Boolean);
  if (name === undefined || others.length > 0) throw new Error(`who serves ${service}? ${names}`);
  return name;
}
