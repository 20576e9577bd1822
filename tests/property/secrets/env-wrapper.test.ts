import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { exec } from "../../../agent/host/exec.ts";
import { SECRETS_TARGET } from "../../../agent/plan/delivered.ts";
import { envWrapper } from "../../../agent/plan/secrets-env-wrapper.ts";
import { tempFolder } from "../../support/temp-folder.ts";

const name = fc.stringMatching(/^[A-Z_][A-Z0-9_]{3,12}$/).map((text) => `SFT_${text}`);
const text = fc.string({ unit: fc.constantFrom(..."'\"\\$#{}();&|<>*?~` \t\n\rab-ä", "😀"), maxLength: 20 });

/** Runs what the wrapper starts on this machine, with the container's folder replaced by the one given. */
async function started(start: { entrypoint: string[]; command: string[] }, folder: string): Promise<string> {
  const argv = [...start.entrypoint, ...start.command].map((word) => word.replaceAll(SECRETS_TARGET, folder));
  const outcome = await exec({ argv: argv as [string, ...string[]] }, { timeoutMs: 10_000 });
  if (outcome.kind !== "ok") throw new Error(JSON.stringify(outcome));
  return outcome.stdout;
}

/** Prints its arguments and the asked-for variables, each ended by NUL; no byte of them can be misread. */
const show = (names: readonly string[]) => `printf '%s\\0' "$@" ${names.map((one) => `"$${one}"`).join(" ")}`;

test("the app gets every value and every argument byte for byte", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.record({ name, value: text }), {
        selector: (one) => one.name,
        minLength: 1,
        maxLength: 4,
      }),
      fc.array(text, { maxLength: 4 }),
      async (secrets, words) => {
        using folder = tempFolder();
        mkdirSync(folder.at("s"));
        for (const secret of secrets) writeFileSync(folder.at("s", secret.name), secret.value);
        const names = secrets.map((secret) => secret.name);
        const wrapped = envWrapper(["sh", "-c", show(names), "app"], words, names);
        const wanted = [...words, ...secrets.map((secret) => secret.value)]
          .map((part) => `${part}\0`)
          .join("");
        expect(await started(wrapped, folder.at("s"))).toBe(wanted);
      },
    ),
    { numRuns: 25 },
  );
});

test("nothing to export changes nothing, and no start holds a value", () => {
  fc.assert(
    fc.property(
      fc.array(text),
      fc.array(text, { minLength: 1 }),
      fc.array(name),
      (entrypoint, command, names) => {
        expect(envWrapper(entrypoint, command, [])).toEqual({ entrypoint, command });
        const { command: argv } = envWrapper(entrypoint, command, [...names, "SFT_ONE"]);
        expect(argv).toEqual([...entrypoint, ...command]);
      },
    ),
  );
});

test("a missing file ends the start, and the app never runs without its secret", async () => {
  using folder = tempFolder();
  const wrapped = envWrapper(["echo"], ["started"], ["SFT_MISSING"]);
  await expect(started(wrapped, folder.path)).rejects.toThrow('"kind":"failed","code":1,"stdout":""');
});

test("a start that is not known and a name that is none are refused", () => {
  expect(() => envWrapper(null, null, ["A"])).toThrow("needs to know what the container starts");
  expect(() => envWrapper(["a"], null, ["A;id"])).toThrow('"A;id" is no environment name');
});
