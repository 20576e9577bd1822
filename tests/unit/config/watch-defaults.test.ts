import { expect, test } from "bun:test";
import { z } from "zod";
import { alternatives } from "../../../agent/config/schema-walk.ts";
import { watchdogSchema } from "../../../agent/config/watch-schema.ts";
import { watchSettings } from "../../../agent/plan/watchdog/settings.ts";
import { DEFAULTS, watchPolicy } from "../../../agent/plan/watchdog/watch-policy.ts";
import { configOf } from "../../support/desired.ts";

/** "Default 2s." of each key's description, as it would be written in soloflow.toml. */
function described(schema: z.core.$ZodType, table: string): string[] {
  const object = alternatives(schema)[0];
  if (!(object instanceof z.ZodObject)) throw new Error(`${table} is no table`);
  const lines = Object.entries<z.core.$ZodType>(object.shape).map(([key, inner]) => {
    const text = z.globalRegistry.get(inner)?.description ?? "";
    const value = /Default (.+)\.$/.exec(text)?.[1];
    if (value === undefined) return { key, inner, line: undefined };
    return { key, inner, line: `${key} = ${/^[[{]|^[\d.]+$/.test(value) ? value : JSON.stringify(value)}` };
  });
  const tables = lines.filter(({ line }) => line === undefined);
  return [
    ...[`[${table}]`, ...lines.flatMap(({ line }) => line ?? [])],
    ...tables.flatMap(({ key, inner }) => described(inner, `${table}.${key}`)),
  ];
}

test("every default that the manual names is the one that holds", () => {
  const toml = `project = "demo"\n${described(watchdogSchema, "watchdog").join("\n")}\n`;
  expect(toml.split("\n").length).toBeGreaterThan(25);
  const { timeoutMs, ...settings } = watchSettings(configOf(toml));
  expect(timeoutMs).toBe(1_000);
  expect(watchPolicy(settings, {})).toEqual({ ...DEFAULTS, services: {} });
});
