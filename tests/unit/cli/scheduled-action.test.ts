import { expect, test } from "bun:test";
import { rotationAction } from "../../../agent/cli/rotate/action.ts";

const action = (options: Record<string, unknown>, args: string[] = []) => rotationAction({ args, options });

test("--scheduled goes alone, with or without the project by its name", () => {
  expect(action({ scheduled: true })).toEqual({ do: "scheduled" });
  expect(action({ scheduled: true, project: "shop" })).toEqual({ do: "scheduled" });
  for (const other of [{ due: true }, { all: true }, { settle: true }, { compromised: true }])
    expect(() => action({ scheduled: true, ...other })).toThrow();
  expect(() => action({ scheduled: true }, ["TOKEN"])).toThrow();
});

test("what a person asks for goes by the soloflow.toml in front of them: --project is refused", () => {
  expect(() => action({ project: "shop" })).toThrow("--project goes with --scheduled");
  expect(() => action({ project: "shop", settle: true })).toThrow("--project goes with --scheduled");
});
