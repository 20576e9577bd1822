import { afterAll, describe, expect, test } from "bun:test";
import { nextDigest } from "../../../agent/run/alerts/next-digest.ts";

const zone = process.env.TZ;
afterAll(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

function next(timeZone: string, after: string, digest?: string): string {
  process.env.TZ = timeZone;
  return new Date(nextDigest(Date.parse(after), digest)).toISOString();
}

describe("the morning", () => {
  test("is at 08:00 of the machine's own time, today or tomorrow", () => {
    expect(next("UTC", "2026-01-02T03:04:05Z")).toBe("2026-01-02T08:00:00.000Z");
    expect(next("UTC", "2026-01-02T08:00:00Z")).toBe("2026-01-03T08:00:00.000Z");
    expect(next("Asia/Tokyo", "2026-01-02T03:04:05Z")).toBe("2026-01-02T23:00:00.000Z");
    expect(next("America/New_York", "2026-12-31T23:00:00Z", "23:30")).toBe("2027-01-01T04:30:00.000Z");
  });

  test("moves with summer time, and comes on the day that skips it", () => {
    expect(next("Europe/Berlin", "2026-03-28T07:00:00Z")).toBe("2026-03-29T06:00:00.000Z");
    expect(next("Europe/Berlin", "2026-10-24T06:00:00Z")).toBe("2026-10-25T07:00:00.000Z");
    expect(next("Europe/Berlin", "2026-03-28T23:30:00Z", "02:30")).toBe("2026-03-29T01:30:00.000Z");
  });
});
