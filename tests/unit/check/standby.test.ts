import { expect, test } from "bun:test";
import { faultsOf, placesOf } from "../../support/check-subject.ts";

const WEB = 'services:\n  web:\n    image: web\n    ports: ["3000:3000"]\n';
const READY = '[service.web]\nready = { http = ":3000/" }\n';

test("standby-impossible: what the ingress does not lead to has nobody who would take over, and the way out is told", () => {
  const given = { config: "[service.web]\nstandby = true\n", compose: WEB };
  expect(placesOf("standby-impossible", given)).toEqual(["error soloflow.toml:3:1"]);
  const [fault] = faultsOf("standby-impossible", given);
  expect(fault?.message).toContain('it has no ready = { http = "…" }');
  expect(fault?.hint).toContain("remove standby");
});

test("standby-runs-twice: where it can be, it is asked what the second copy would do by itself", () => {
  const given = { config: `${READY}standby = true\n`, compose: WEB };
  expect(placesOf("standby-impossible", given)).toEqual([]);
  expect(placesOf("standby-runs-twice", given)).toEqual(["warning soloflow.toml:4:1"]);
  expect(faultsOf("standby-runs-twice", given)[0]?.message).toContain("two copies of web run at once");
});

test("without standby nothing is asked", () => {
  for (const config of [READY, `${READY}standby = false\n`])
    expect(faultsOf("standby-runs-twice", { config, compose: WEB })).toEqual([]);
});
