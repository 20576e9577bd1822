import type { RestartPolicy } from "../core/container.ts";

/** Docker's policy that a model gives a service with `restart`: "unless-stopped", "on-failure:3"; "no" for none. */
export function ownRestartPolicy(restart: string | undefined): RestartPolicy {
  const [name, max = "0"] = (restart ?? "no").split(":");
  if (name === "always" || name === "unless-stopped") return { name, max: 0 };
  if (name === "on-failure") return { name, max: Number(max) || 0 };
  return { name: "no", max: 0 };
}
