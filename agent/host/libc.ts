import { dlopen, type FFIFunction, type Library } from "bun:ffi";
import { SoloflowError } from "../core/errors.ts";

/** glibc, then musl's name on each machine that the agent is built for. */
const NAMES = ["libc.so.6", "libc.musl-x86_64.so.1", "libc.musl-aarch64.so.1"];

/** Functions of the C library that Bun itself does not offer. Throws SoloflowError "libc" where there is none. */
export function libc<const Functions extends Record<string, FFIFunction>>(
  functions: Functions,
): Library<Functions>["symbols"] {
  let cause: unknown;
  for (const name of NAMES) {
    try {
      return dlopen(name, functions).symbols;
    } catch (thrown) {
      cause = thrown;
    }
  }
  throw new SoloflowError("libc", "the C library of this machine could not be opened", {
    hint: "the agent needs glibc 2.17 or later, or musl",
    cause,
  });
}
