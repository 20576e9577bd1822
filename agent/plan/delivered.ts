/** Where a container finds its secrets. */
export const SECRETS_TARGET = "/run/secrets";

/** Decrypted secrets of one service, as they lie on tmpfs. Holds no value. */
export type Delivered = {
  /** The folder; its name changes only when one of the values does. */
  folder: string;
  /** Secrets read from a file. */
  files: readonly string[];
  /** Secrets put into the app's environment by a start wrapper. */
  env: readonly string[];
  /** Name to the first 12 hexadecimal digits of a keyed HMAC. */
  fingerprints: Readonly<Record<string, string>>;
};
