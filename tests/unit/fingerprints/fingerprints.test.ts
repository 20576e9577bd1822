import { describe, expect, test } from "bun:test";
import { driftOf, unlikeExpected } from "../../../agent/plan/fingerprint-drift.ts";
import { expectedFingerprints, fingerprint, parseFingerprints } from "../../../agent/plan/fingerprints.ts";

const OLD = { n: 1, value: "the-old-pepper-which-is-long-enough" };
const NEW = { n: 2, value: "the-new-pepper-which-is-long-enough" };
const STRANGE = { n: 1, value: "a-pepper-from-somewhere-else-entirely" };

const pepper = (versions: readonly { n: number; value: string }[], issues = versions[0]?.n ?? 0) => ({
  API_KEY_PEPPER: expectedFingerprints("API_KEY_PEPPER", versions, issues),
});
const told = (service: string, ...versions: { n: number; value: string }[]) => ({
  service,
  fingerprints: pepper(versions),
});

describe("a fingerprint", () => {
  test("is a stated function of name and value, so that apps in any language can make it", () => {
    expect(fingerprint("API_KEY_PEPPER", "pepper")).toBe("815dcf45684e");
  });

  test("is another one for another name, and the same whatever white space a file ends with", () => {
    expect(fingerprint("A", OLD.value)).not.toBe(fingerprint("B", OLD.value));
    expect(fingerprint("A", `${OLD.value}\n`)).toBe(fingerprint("A", OLD.value));
  });
});

describe("services that share a secret", () => {
  test("agree when they accept the same, whichever of it they issue", () => {
    expect(driftOf([told("gateway", OLD, NEW), told("provider", NEW, OLD)])).toEqual([]);
  });

  test("drift when one accepts what the other does not", () => {
    expect(driftOf([told("provider", OLD), told("gateway", NEW, OLD)])).toEqual([
      "gateway accepts version 1 and 2 of API_KEY_PEPPER, provider 1",
    ]);
  });

  test("drift when they mean different values by one number, which is said first", () => {
    expect(driftOf([told("gateway", OLD, NEW), told("provider", STRANGE)])).toEqual([
      "gateway and provider have another value as version 1 of API_KEY_PEPPER",
    ]);
  });

  test("are not compared in what only one of them has", () => {
    const alone = { BETTER_AUTH_SECRET: expectedFingerprints("BETTER_AUTH_SECRET", [OLD], 1) };
    expect(driftOf([{ service: "provider", fingerprints: alone }, told("gateway", NEW)])).toEqual([]);
    expect(driftOf([told("gateway", OLD)])).toEqual([]);
  });
});

describe("what an app says is compared with the store", () => {
  test("and is right when versions, values and the one that issues are", () => {
    expect(unlikeExpected("gateway", pepper([OLD, NEW]), pepper([NEW, OLD], 1))).toEqual([]);
  });

  test.each([
    [pepper([OLD, NEW], 2), "gateway issues version 2 of API_KEY_PEPPER in the place of 1"],
    [pepper([OLD]), "gateway accepts version 1 of API_KEY_PEPPER, the store 1 and 2"],
    [pepper([STRANGE, NEW]), "gateway and the store have another value as version 1 of API_KEY_PEPPER"],
    [{}, "gateway does not tell its API_KEY_PEPPER"],
  ])("and named when it is not: %#", (found, words) => {
    expect(unlikeExpected("gateway", pepper([OLD, NEW]), found)).toEqual([words]);
  });
});

describe("an answer", () => {
  const answer = { schema: 1, secrets: pepper([NEW, OLD]) };

  test("is read back as it was meant", () => {
    expect(parseFingerprints(JSON.stringify({ ...answer, later: true }))).toEqual(answer.secrets);
  });

  test.each([
    "",
    "[]",
    "null",
    JSON.stringify({ ...answer, schema: 2 }),
    JSON.stringify({ schema: 1, secrets: [] }),
    JSON.stringify({ schema: 1, secrets: { A: { issues: 3, accepts: { 1: "0123456789ab" } } } }),
    JSON.stringify({ schema: 1, secrets: { A: { issues: 1, accepts: { 1: "the value itself" } } } }),
    JSON.stringify({ schema: 1, secrets: { A: null } }),
    JSON.stringify({ ...answer, more: "x".repeat(20_000) }),
  ])("of another form is none: %#", (text) => {
    expect(parseFingerprints(text)).toBeUndefined();
  });
});
