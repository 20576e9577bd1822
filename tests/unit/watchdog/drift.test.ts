import { describe, expect, test } from "bun:test";
import { titleOf } from "../../../agent/plan/alerts/message.ts";
import { SHARED_SECRETS } from "../../../agent/plan/watchdog/names.ts";
import { Story } from "../../support/watchdog-story.ts";

const MINUTE = 60_000;
const CAUSE = "gateway accepts version 1 of API_KEY_PEPPER, provider 1 and 2";

describe("services that do not accept the same of a secret that they share", () => {
  test("are one incident, told once to a person, and nothing is restarted for it", () => {
    const story = new Story({ gateway: {}, provider: {} }).run(MINUTE);
    story.send({ type: "drift", causes: [CAUSE] });
    story.run(5 * MINUTE);
    story.send({ type: "drift", causes: [CAUSE, "and more"] });
    story.run(5 * MINUTE);
    expect(story.of("incident").map(({ change, service }) => [change, service])).toEqual([
      ["opened", SHARED_SECRETS],
    ]);
    expect(story.of("alert")).toMatchObject([
      { level: "needs-you", cause: CAUSE, next: "soloflow-agent deploy" },
    ]);
    expect(story.of("restart")).toEqual([]);
  });

  test("end it when they agree, also where the agent was killed in between", () => {
    const story = new Story({ gateway: {} }).run(MINUTE);
    story.send({ type: "drift", causes: [CAUSE] });
    story.killAgent().run(MINUTE);
    story.send({ type: "drift", causes: [] });
    expect(story.of("incident").map(({ change }) => change)).toEqual(["opened", "closed"]);
    expect(story.of("alert").map(({ level }) => level)).toEqual(["needs-you", "healed"]);
    expect(story.state.durable.services[SHARED_SECRETS]?.incident).toBeUndefined();
  });

  test("agreeing is nothing to tell", () => {
    const story = new Story({ gateway: {} }).run(MINUTE);
    story.send({ type: "drift", causes: [] });
    expect([...story.of("incident"), ...story.of("alert")]).toEqual([]);
  });
});

test("the title of its alert names no service", () => {
  const alert = { id: "1", project: "shop", level: "needs-you", service: SHARED_SECRETS } as const;
  const rest = { code: "", cause: CAUSE, at: 0, since: 0, lostMs: undefined, incident: 1, next: "" };
  expect(titleOf({ kind: "alert", alert: { ...alert, ...rest } })).toBe("shop: a shared secret needs you");
});
