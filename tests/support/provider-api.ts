import type { Account } from "./provider-pages.ts";

export type ApiKeyView = {
  id: string;
  name: string;
  mode: "test" | "live";
  prefix: string;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

/** A customer's program that calls the provider's JSON API, with cookies like a browser and no Origin, like curl. */
export class ProviderApi {
  readonly cookies = new Map<string, string>();
  private readonly baseUrl: string;

  constructor(baseUrl: string) {
    this.baseUrl = baseUrl;
  }

  /** One call; `body` is sent as JSON, and cookies of the answer are kept. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(this.baseUrl + path, {
      method,
      redirect: "manual",
      headers: {
        ...(cookie && { cookie }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.keep(line);
    return response;
  }

  signUp(account: Account): Promise<Response> {
    return this.call("POST", "/api/auth/sign-up/email", account);
  }

  signIn({ email, password }: Account): Promise<Response> {
    return this.call("POST", "/api/auth/sign-in/email", { email, password });
  }

  async makeKey(name: string, mode: "test" | "live"): Promise<{ id: string; name: string; key: string }> {
    const response = await this.call("POST", "/api/keys", { name, mode });
    if (response.status !== 201)
      throw new Error(`no key was made: ${response.status} ${await response.text()}`);
    return (await response.json()) as { id: string; name: string; key: string };
  }

  async keys(): Promise<ApiKeyView[]> {
    const response = await this.call("GET", "/api/keys");
    if (response.status !== 200)
      throw new Error(`no list of keys: ${response.status} ${await response.text()}`);
    return ((await response.json()) as { keys: ApiKeyView[] }).keys;
  }

  private keep(setCookie: string): void {
    const [pair = ""] = setCookie.split(";");
    const at = pair.indexOf("=");
    this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

let made = 0;

/** An account that nobody has yet. */
export function newAccount(): Account {
  made += 1;
  const email = `customer-${process.pid}-${Date.now()}-${made}@example.com`;
  return { name: "A Customer", email, password: "four unrelated words here" };
}
