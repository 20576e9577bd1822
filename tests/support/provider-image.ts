import { appImage } from "./app-image.ts";

let made: Promise<string> | undefined;

/** Name of the provider's image, built from the work tree at first use. */
export function providerImage(): Promise<string> {
  made ??= appImage("provider", ["node", "bun"]);
  return made;
}
