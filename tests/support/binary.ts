import { resolve } from "node:path";
import { must } from "./vps/must.ts";

const root = resolve(import.meta.dir, "../..");

let built: Promise<string> | undefined;

/** Path of the executable, built once when its sources changed; SOLOFLOW_TEST_BINARY names another one to test. */
export function binary(): Promise<string> {
  const given = process.env.SOLOFLOW_TEST_BINARY;
  if (given !== undefined) return Promise.resolve(resolve(given));
  built ??= must([process.execPath, "scripts/build.ts"], { cwd: root }).then(() =>
    resolve(root, "dist/soloflow-agent"),
  );
  return built;
}
