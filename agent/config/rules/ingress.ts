import type { Config } from "../config.ts";
import type { Finding } from "./finding.ts";

const ONLY_WITH_DOMAIN = ["email", "acme_ca", "acme_ca_root", "http_port", "https_port"] as const;

/** Rules that look at more than one key of [ingress]. */
export function ingressFindings({ ingress }: Config): Finding[] {
  const found: Finding[] = [];
  if (ingress.domain === undefined) {
    for (const key of ONLY_WITH_DOMAIN.filter((one) => ingress[one] !== undefined)) {
      const message = `${key} has no effect without a domain`;
      found.push({ path: ["ingress", key], severity: "warning", message, hint: 'set domain = "…" here' });
    }
  } else if ((ingress.http_port ?? 80) === (ingress.https_port ?? 443)) {
    const message = "http_port and https_port must differ";
    found.push({ path: ["ingress", "https_port"], severity: "error", message });
  }
  if (ingress.image !== undefined && ingress.build !== undefined) {
    found.push({
      path: ["ingress", "image"],
      severity: "error",
      message: "ingress has both build and image",
      hint: "keep build to build the image here, or image to use a finished one",
    });
  }
  return found;
}
