import { expect, test } from "bun:test";
import { Secret } from "../../../agent/core/secret.ts";
import type { Web, WebRequest } from "../../../agent/host/web.ts";
import { verifyExternal } from "../../../agent/run/rotate/verify-external.ts";
import { recordedProgress } from "../../support/recorded-progress.ts";
import { secretsConfig } from "../../support/secrets-config.ts";
import { secretsProject } from "../../support/secrets-project.ts";

const VERIFY = `[secret.RESEND_API_KEY]
kind = "external"
for = ["provider"]
verify = { http = "https://vendor.test/me", header = "Authorization: Bearer {value}" }
`;

async function verified(value: string): Promise<WebRequest[]> {
  using world = secretsProject();
  const asked: WebRequest[] = [];
  const web: Web = async (request) => {
    asked.push(request);
    return { answered: true, status: 200, retryAfterMs: undefined };
  };
  const project = world.withConfig(secretsConfig(VERIFY));
  await verifyExternal(world.host, project, "RESEND_API_KEY", new Secret(value), recordedProgress(), web);
  return asked;
}

test("the vendor is asked with the very value", async () => {
  const [request] = await verified('re_"$&, $$ {value}:x');
  expect(request?.headers).toEqual({ Authorization: 'Bearer re_"$&, $$ {value}:x' });
});

test.each(["two\nlines", "blank ", " blank", "gré€n", "null\0byte"])(
  "what no header holds, %j, is said to be so and not sent",
  async (value) => {
    const refused = verified(value);
    await expect(refused).rejects.toThrow("the new RESEND_API_KEY is not used: no HTTP header can hold it");
    await expect(refused).rejects.not.toThrow(value);
  },
);
