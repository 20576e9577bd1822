import { expect, test } from "bun:test";
import { asSeenByDeploy, checkSubject } from "../../../agent/plan/check/rules.ts";
import { subjectOf } from "../../support/check-subject.ts";

test("a running stack stays deployable with secrets in clear, and does not lose its data", () => {
  const compose =
    "services:\n  db:\n    image: postgres:17\n    environment:\n      POSTGRES_PASSWORD: postgres\n";
  const faults = asSeenByDeploy(checkSubject(subjectOf({ compose })));
  const severities = Object.fromEntries(faults.map(({ rule, severity }) => [rule, severity]));
  expect(severities).toMatchObject({ "secret-in-compose": "warning", "volume-path": "error" });
});
