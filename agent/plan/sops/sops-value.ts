import { createCipheriv, createDecipheriv } from "node:crypto";

/*
 * One value as SOPS writes it: "ENC[AES256_GCM,data:…,iv:…,tag:…,type:str]", AES-256-GCM with an IV of 32 bytes and the path
 * to the value as additional data, so that values cannot be exchanged for one another. Source: SOPS' aes/cipher.go, 3.x.
 */

const FORM =
  /^ENC\[AES256_GCM,data:([A-Za-z0-9+/=]*),iv:([A-Za-z0-9+/=]+),tag:([A-Za-z0-9+/=]+),type:([a-z]+)\]$/;

export function isEncrypted(text: string): boolean {
  return FORM.test(text);
}

/** The plain text; undefined where the key, the path or the value is not what it was. */
export function decryptValue(text: string, key: Uint8Array, path: string): string | undefined {
  const [, data = "", iv = "", tag = ""] = FORM.exec(text) ?? [];
  if (iv === "") return undefined;
  try {
    const decipher = createDecipheriv("aes-256-gcm", key, Buffer.from(iv, "base64"));
    decipher.setAAD(Buffer.from(path));
    decipher.setAuthTag(Buffer.from(tag, "base64"));
    const plain = Buffer.concat([decipher.update(Buffer.from(data, "base64")), decipher.final()]);
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
  } catch {
    return undefined;
  }
}

/** `iv`: 32 random bytes, never used twice with the same key. An empty text stays empty, as SOPS leaves it. */
export function encryptValue(plain: string, key: Uint8Array, path: string, iv: Uint8Array): string {
  if (plain === "") return "";
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(path));
  const data = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
  const parts = [data, iv, cipher.getAuthTag()].map((part) => Buffer.from(part).toString("base64"));
  return `ENC[AES256_GCM,data:${parts[0]},iv:${parts[1]},tag:${parts[2]},type:str]`;
}
