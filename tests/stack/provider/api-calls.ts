import { expect } from "bun:test";
import { newAccount, ProviderApi } from "../../support/provider-api.ts";

/** A signed-in customer of its own. */
export async function newCustomer(baseUrl: string): Promise<ProviderApi> {
  const api = new ProviderApi(baseUrl);
  // Sign-ups of one address are limited: each customer here comes from an address of its own, as the ingress says.
  const [a, b] = [Math.random(), Math.random()].map((part) => Math.floor(part * 250) + 1);
  const response = await api.call("POST", "/api/auth/sign-up/email", newAccount(), {
    "x-forwarded-for": `198.18.${a}.${b}`,
  });
  expect(response.status).toBe(200);
  return api;
}

/** What an error answer says, once it is sure to be one in JSON with a message. */
export async function problemOf(response: Response): Promise<{ status: number; code: string }> {
  expect(response.headers.get("content-type")).toContain("application/json");
  const { code, message } = await response.json();
  expect(message).toBeString();
  return { status: response.status, code };
}
