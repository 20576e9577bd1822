import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { driftOf, type Told } from "../../../agent/plan/fingerprint-drift.ts";
import { expectedFingerprints, parseFingerprints } from "../../../agent/plan/fingerprints.ts";

const versions = fc.uniqueArray(
  fc.record({ n: fc.integer({ min: 1, max: 6 }), value: fc.constantFrom("one value", "another value") }),
  { selector: ({ n }) => n, minLength: 1, maxLength: 4 },
);
const secret = (name: string) => versions.map((list) => expectedFingerprints(name, list, list[0]?.n ?? 0));
const fingerprints = fc.record({ PEPPER: secret("PEPPER"), SECRET: secret("SECRET") }, { requiredKeys: [] });
const all: fc.Arbitrary<Told[]> = fc.uniqueArray(
  fc.record({ service: fc.constantFrom("a", "b", "c", "d"), fingerprints }),
  { selector: ({ service }) => service },
);

describe("drift", () => {
  test("is the same in whatever order the services are asked", () => {
    fc.assert(
      fc.property(all, (told) => {
        expect(driftOf([...told].reverse())).toEqual(driftOf(told));
      }),
    );
  });

  test("is there exactly when two accept something else of a secret that both have", () => {
    const accepts = ({ fingerprints: of }: Told, name: "PEPPER" | "SECRET") => of[name]?.accepts;
    fc.assert(
      fc.property(all, (told) => {
        const differ = told.some((one) =>
          told.some((other) =>
            (["PEPPER", "SECRET"] as const).some((name) => {
              const [here, there] = [accepts(one, name), accepts(other, name)];
              return here !== undefined && there !== undefined && !Bun.deepEquals(here, there);
            }),
          ),
        );
        expect(driftOf(told).length > 0).toBe(differ);
      }),
    );
  });

  test("holds nothing of a fingerprint, and an answer survives its way", () => {
    fc.assert(
      fc.property(all, (told) => {
        expect(driftOf(told).join()).not.toMatch(/[0-9a-f]{12}/);
        for (const { fingerprints: said } of told)
          expect(parseFingerprints(JSON.stringify({ schema: 1, secrets: said }))).toEqual(said);
      }),
    );
  });
});
