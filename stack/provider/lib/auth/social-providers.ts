import { config } from "../config/config.ts";
import type { SocialProvider } from "../config/provider-config.ts";

/** The providers that have both their id and their secret, in the order of their buttons. */
export function socialProviders(): SocialProvider[] {
  const { social } = config();
  return (["google", "github"] as const).filter((name) => social[name]);
}
