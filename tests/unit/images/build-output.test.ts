import { expect, test } from "bun:test";
import { buildFault } from "../../../agent/plan/images/build-fault.ts";
import { BuildOutput } from "../../../agent/plan/images/build-output.ts";

function read(text: string): { output: BuildOutput; details: string[] } {
  const output = new BuildOutput();
  const details: string[] = [];
  for (const line of text.trimStart().split("\n")) {
    output.push(line);
    if (details.at(-1) !== output.detail) details.push(output.detail);
  }
  return { output, details };
}

const FAILED = `
#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 DONE 0.0s

#4 [build 1/3] FROM docker.io/library/tiny:latest
#4 DONE 0.0s

#5 [build 2/3] RUN echo one
#5 0.131 one
#5 DONE 0.2s

#6 [build 3/3] RUN echo hello &&   false
#6 0.134 at main.ts:7
#6 0.135 hello
#6 ERROR: process "/bin/sh -c echo hello &&   false" did not complete successfully: exit code: 1
------
 > [build 3/3] RUN echo hello &&   false:
0.134 at main.ts:7
0.135 hello
------
Dockerfile:4
--------------------
   3 |
   4 | >>> RUN echo hello && \\
   5 | >>>   false
--------------------
ERROR: failed to solve: process "/bin/sh -c echo hello &&   false" did not complete successfully: exit code: 1`;

test("a person sees the step, and what it says last", () => {
  expect(read(FAILED).details).toEqual([
    "",
    "1/3 FROM docker.io/library/tiny:latest",
    "2/3 RUN echo one",
    "2/3 RUN echo one | one",
    "3/3 RUN echo hello &&   false",
    "3/3 RUN echo hello &&   false | at main.ts:7",
    "3/3 RUN echo hello &&   false | hello",
  ]);
});

test("a failure names the image, the step, the line of the Dockerfile and what the step said", () => {
  const { message, hint } = buildFault("shop/app", "app/Dockerfile", read(FAILED).output.failure());
  expect(message).toMatchInlineSnapshot(`
    "building shop/app failed at [build 3/3] RUN echo hello &&   false (app/Dockerfile:4): process "/bin/sh -c echo hello &&   false" did not complete successfully: exit code: 1
      at main.ts:7
      hello"
  `);
  expect(hint).toBe("mend app/Dockerfile or what it builds, then: soloflow-agent build shop/app");
});

test("only the last 30 lines of the step are kept", () => {
  const lines = Array.from({ length: 50 }, (_, index) => `#2 0.1 line ${index}`);
  const text = ["#2 [1/1] RUN x", ...lines, "#2 ERROR: no", "ERROR: failed to solve: no"].join("\n");
  const { lines: kept } = read(text).output.failure();
  expect(kept).toHaveLength(30);
  expect(kept.at(0)).toBe("line 20");
  expect(kept.at(-1)).toBe("line 49");
});

test("a base image that cannot be pulled is said as that", () => {
  const text = `
#2 [internal] load metadata for docker.io/library/nosuch:17
#2 ERROR: failed to do request: Head "https://registry/v2/": dial tcp: lookup registry: no such host
------
 > [internal] load metadata for docker.io/library/nosuch:17:
------
Dockerfile:1
--------------------
   1 | >>> FROM nosuch:17
--------------------
ERROR: failed to solve: nosuch:17: failed to resolve source metadata for docker.io/library/nosuch:17: failed to do request: Head "https://registry/v2/": dial tcp: lookup registry: no such host`;
  const { message, hint } = buildFault("shop/app", "app/Dockerfile", read(text).output.failure());
  expect(message.split("\n")[0]).toBe(
    'building shop/app failed (app/Dockerfile:1): cannot pull nosuch:17: failed to do request: Head "https://registry/v2/": dial tcp: lookup registry: no such host',
  );
  expect(hint).toContain("does not reach the registry");
});

test("a fault in the Dockerfile itself, before any step", () => {
  const text = `
#1 [internal] load build definition from D4
#1 DONE 0.0s
D4:2
--------------------
   1 |     FROM scratch
   2 | >>> COPPY nothere /
--------------------
ERROR: failed to solve: dockerfile parse error on line 2: unknown instruction: COPPY (did you mean COPY?)`;
  const { message } = buildFault("shop/app", "app/D4", read(text).output.failure());
  expect(message).toBe(
    "building shop/app failed (app/D4:2): dockerfile parse error on line 2: unknown instruction: COPPY (did you mean COPY?)",
  );
});

test("colours are left out, and a missing Buildx is named", () => {
  const { details } = read("#2 [1/1] RUN x\n#2 0.1 \u001b[32mok\u001b[0m");
  expect(details.at(-1)).toBe("1/1 RUN x | ok");
  const missing = "ERROR: BuildKit is enabled but the buildx component is missing or broken.";
  expect(buildFault("a", "D", read(missing).output.failure()).hint).toContain("soloflow-agent setup");
});

test("what was never understood is at least shown", () => {
  const { message } = buildFault("a", "D", read("docker: something new\nsecond line").output.failure());
  expect(message).toBe(
    "building a failed: docker build gave no reason\n  docker: something new\n  second line",
  );
});
