import { expect, test } from "bun:test";
import { givenValues } from "../../../agent/cli/rotate/given-values.ts";
import type { Project } from "../../../agent/run/project.ts";
import { secretsConfig } from "../../support/secrets-config.ts";

const config = secretsConfig('[secret.RESEND_API_KEY]\nkind = "external"\nfor = ["provider"]\n');
const names = ["STRIPE_SECRET_KEY", "RESEND_API_KEY"];

async function given(text: string, wanted: readonly string[] = names): Promise<Record<string, string>> {
  const never = () => Promise.reject(new Error("nobody asks"));
  const ask = { confirm: never, typed: never, hidden: async () => text };
  const wish = { which: "named", names: wanted, compromised: false } as const;
  const values = await givenValues({ ask }, { config } as Project, wish, false);
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value.reveal()]));
}

test("the value of one name is taken as it stands, whatever it looks like", async () => {
  for (const text of [" 'quoted' ", "A=b\nC=$d,e:f", "\ufeff2:x,1:y"])
    expect(await given(text, ["STRIPE_SECRET_KEY"])).toEqual({ STRIPE_SECRET_KEY: text });
});

test("several names are lines, quoted where they need it", async () => {
  const text = "STRIPE_SECRET_KEY='two\nlines, a $name and a #'\nRESEND_API_KEY=re_plain\nOTHER=1\n";
  expect(await given(text)).toEqual({
    STRIPE_SECRET_KEY: "two\nlines, a $name and a #",
    RESEND_API_KEY: "re_plain",
  });
});

test.each([
  [
    "STRIPE_SECRET_KEY=first\nsecond-hidden\nRESEND_API_KEY=x",
    "line 2 of the standard input: is not of the form",
  ],
  ["STRIPE_SECRET_KEY='hidden\nRESEND_API_KEY=x", "the ' is never closed"],
  ["STRIPE_SECRET_KEY=hidden$name\nRESEND_API_KEY=x", "STRIPE_SECRET_KEY has a $ before a name"],
  ["STRIPE_SECRET_KEY=hidden", "no value for RESEND_API_KEY was given"],
])("%j is refused whole, without a word of it", async (text, why) => {
  const refused = given(text);
  await expect(refused).rejects.toThrow(why);
  await expect(refused).rejects.not.toThrow("hidden");
});
