import { expect, test } from "bun:test";
import { formatFault } from "../../../agent/config/fault.ts";
import { parseConfig } from "../../../agent/config/parse.ts";

const PEPPER = '[secret.PEPPER]\nkind = "pepper"\nfor = ["app"]\n';
const VENDOR = '[secret.VENDOR_KEY]\nkind = "external"\nfor = ["app"]\n';
const MAIL = '[alerts]\ncommand = ["mail"]\n';

function told(text: string): string {
  return parseConfig(`project = "shop"\n${text}`, "soloflow.toml").faults.map(formatFault).join("\n");
}

test("[rotation] where there is nothing to rotate is said", () => {
  expect(told('[rotation]\nsoak = "1h"\n')).toMatchInlineSnapshot(`
    "soloflow.toml:2:2: warning: there is no secret that could be rotated
      hint: remove [rotation], or add a [secret.NAME]"
  `);
  expect(told(`[rotation]\n${PEPPER}`)).toBe("");
});

test("a window that is too short is said; half an hour, and one over midnight, is enough", () => {
  expect(told(`[rotation]\nbetween = "23:55-00:10"\n${PEPPER}`)).toMatchInlineSnapshot(`
    "soloflow.toml:3:1: warning: a window of 15 min may pass while something else is being done
      hint: make it half an hour at least, for instance "03:00-05:00""
  `);
  for (const between of ["03:00-03:30", "23:45-00:15", "04:00-04:00"])
    expect(told(`[rotation]\nbetween = "${between}"\n${PEPPER}`)).toBe("");
});

test("a pepper of which one value is accepted is said to be never rotated", () => {
  expect(told(`${PEPPER}accepts = 1\n`)).toMatchInlineSnapshot(`
    "soloflow.toml:5:1: warning: PEPPER is never rotated: where one value is accepted only, every key made with it would be void at once
      hint: make its apps accept a list, "2:new,1:old", of which the first issues; then remove accepts = 1"
  `);
  expect(told(`${PEPPER}accepts = 2\nevery = "90d"\n`)).toBe("");
});

test("every of an external secret is a reminder, which needs somebody to be told", () => {
  expect(told(`${VENDOR}every = "90d"\n`)).toMatchInlineSnapshot(`
    "soloflow.toml:5:1: warning: every only reminds you of VENDOR_KEY, whose value nobody else can get, and [alerts] names nobody
      hint: write for instance [alerts] command = ["mail", "-s", "soloflow", "you@example.com"]"
  `);
  expect(told(`${VENDOR}every = "90d"\n${MAIL}`)).toBe("");
});

test("what is to be rotated more often than there is a window is said", () => {
  expect(told(`${PEPPER}every = "12h"\n`)).toMatchInlineSnapshot(`
    "soloflow.toml:5:1: warning: PEPPER is rotated once a day at most, in the window of [rotation] between
      hint: write "1d" or more"
  `);
  expect(told(`${PEPPER}every = "1d"\n`)).toBe("");
});
