import { expect, test } from "bun:test";
import { createHash, createHmac } from "node:crypto";
import { Secret } from "../../../agent/core/secret.ts";
import { scramVerifier } from "../../../agent/plan/scram.ts";

/** RFC 7677, section 3: the exchange of user "user" with password "pencil". */
const RFC = {
  salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
  authMessage:
    "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0," +
    "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  clientProof: "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
  serverSignature: "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
};

test("the verifier accepts the client proof of RFC 7677 and gives its server signature", () => {
  const verifier = scramVerifier(new Secret("pencil"), RFC.salt);
  const match = /^SCRAM-SHA-256\$4096:(.+)\$(.+):(.+)$/.exec(verifier);
  const [, salt, storedKey = "", serverKey = ""] = match ?? [];
  expect(salt).toBe(RFC.salt);
  const hmac = (key: string) =>
    createHmac("sha256", Buffer.from(key, "base64")).update(RFC.authMessage).digest();
  expect(hmac(serverKey).toString("base64")).toBe(RFC.serverSignature);
  const clientSignature = hmac(storedKey);
  const clientKey = Buffer.from(RFC.clientProof, "base64").map(
    (byte, at) => byte ^ (clientSignature[at] ?? 0),
  );
  expect(createHash("sha256").update(clientKey).digest("base64")).toBe(storedKey);
});

test("a password that SASLprep might change is refused without being printed", () => {
  for (const password of ["pässword-1", "tab\there", "soft\u00adhyphen", ""]) {
    const attempt = () => scramVerifier(new Secret(password), RFC.salt);
    expect(attempt).toThrow("a database password has a character that is not printable ASCII");
  }
});
