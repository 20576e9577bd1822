import { expect, test } from "bun:test";
import { buildNpmrc } from "../../../agent/plan/images/npmrc.ts";

test("a build gets what says where packages come from, and nothing else of the machine", () => {
  const global = "registry = https://global.example/\ncafile=/etc/ca.pem\nprefix=/usr\n";
  const own = [
    "; comment",
    "# registry=https://no.example/",
    "registry=https://own.example/npm/",
    '@acme:registry="https://acme.example/"',
    `//own.example/npm/:_authToken=\${TOKEN}`,
    "//own.example/npm/:certfile=/root/key.pem",
    "audit=false",
    "init-author-name=me",
    "https-proxy=http://proxy:3128",
  ].join("\r\n");
  expect(buildNpmrc([global, own], { TOKEN: "t0k" })).toBe(
    [
      "registry=https://own.example/npm/",
      "@acme:registry=https://acme.example/",
      "//own.example/npm/:_authToken=t0k",
      "https-proxy=http://proxy:3128",
      "",
    ].join("\n"),
  );
});

test("the environment's registry has the last word", () => {
  expect(buildNpmrc(["registry=https://a/"], { npm_config_registry: "https://b/" })).toBe(
    "registry=https://b/\n",
  );
});

test("a machine that says nothing gives nothing", () => {
  expect(buildNpmrc(["audit=false\nfund=false"], {})).toBe("");
});
