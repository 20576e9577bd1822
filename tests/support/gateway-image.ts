import { appImage } from "./app-image.ts";

let made: Promise<string> | undefined;

/** Name of the gateway's image, built from the work tree at first use. */
export function gatewayImage(): Promise<string> {
  made ??= appImage("gateway", ["bun"]);
  return made;
}
