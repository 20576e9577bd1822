import { expect, test } from "bun:test";
import { planDocument } from "../../../agent/plan/rotate/plan-document.ts";
import { renderRotation } from "../../../agent/plan/rotate/render.ts";
import { FACTS, named, planFor } from "./asked.ts";

test("the preview says what changes, whom it costs what, and what stays", () => {
  expect(renderRotation(planFor({}))).toMatchInlineSnapshot(`
    "rotates:
      API_KEY_PEPPER      pepper     version 1 → 2
      BETTER_AUTH_SECRET  generated  version 1 → 2
      DATABASE_URL        database   version 1 → 2
      POSTGRES_PASSWORD   superuser  version 1 → 2
    services:
      gateway   two colours, 3 times, no request is lost
      provider  two colours, 3 times, no request is lost
    API keys on API_KEY_PEPPER: 12 on version 1
    nobody is signed out
    takes about 3.6 s; then what is replaced stays accepted for 1 d
    left:
      STRIPE_SECRET_KEY  has a value that only you can get; soloflow-agent rotate-secrets STRIPE_SECRET_KEY asks for it"
  `);
});

test("the preview of a leak says what is lost", () => {
  const services = { gateway: "overlap", provider: "replace", database: "replace" } as const;
  const plan = planFor({
    wish: { ...named("API_KEY_PEPPER", "BETTER_AUTH_SECRET"), compromised: true },
    facts: { services },
  });
  expect(renderRotation(plan)).toMatchInlineSnapshot(`
    "rotates:
      API_KEY_PEPPER      pepper     version 1 → 2
      BETTER_AUTH_SECRET  generated  version 1 → 2
    services:
      gateway   two colours, 3 times, no request is lost
      provider  replaced, 3 times, away for 5.4 s in all
    API keys on API_KEY_PEPPER: 12 on version 1
    everybody is signed out
    takes about 3.6 s
    cannot be kept:
      provider cannot overlap: it is away 3 times, 5.4 s in all
      whoever is signed in must sign in again: BETTER_AUTH_SECRET leaked
      12 API keys made with API_KEY_PEPPER will be refused"
  `);
});

test("with nothing to rotate the preview says so, and what was left", () => {
  expect(renderRotation(planFor({ states: [] }))).toMatchInlineSnapshot(`
    "nothing to rotate
    left:
      API_KEY_PEPPER      has no value yet; soloflow-agent secrets set API_KEY_PEPPER
      BETTER_AUTH_SECRET  has no value yet; soloflow-agent secrets set BETTER_AUTH_SECRET
      DATABASE_URL        has no value yet; soloflow-agent secrets set DATABASE_URL
      POSTGRES_PASSWORD   has no value yet; soloflow-agent secrets set POSTGRES_PASSWORD"
  `);
});

test("what nobody knows is null in the document", () => {
  const plan = planFor({ facts: { ...FACTS, usualMs: {} } });
  expect(planDocument(plan).plan.expectedMs).toBeNull();
});
