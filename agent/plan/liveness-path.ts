/** Where an app may say that it works without asking anybody else. */
export type LivenessProposal = {
  /** ":8080/actuator/health/liveness", as soloflow.toml writes it. */
  http: string;
  /** Whether the app's framework has that path by itself, or somebody has to make it. */
  known: boolean;
  /** What must be set for the path to be there. */
  needs: string | undefined;
};

/** Readiness as frameworks have it, what its liveness is called, and what that needs. */
const FRAMEWORKS: readonly (readonly [readiness: RegExp, liveness: string, needs?: string])[] = [
  [
    /\/actuator\/health(\/readiness)?$/,
    "/actuator/health/liveness",
    "Spring Boot up to 3 answers on it only with management.endpoint.health.probes.enabled=true",
  ],
  [/\/q\/health(\/ready)?$/, "/q/health/live"],
  [/\/health\/ready$/, "/health/live"],
  [/\/health\/readiness$/, "/health/liveness"],
  [/\/readyz$/, "/livez"],
  [/\/-\/ready$/, "/-/healthy"],
];

/** A liveness path for an app whose readiness is `ready` (":PORT/PATH"), by the habits of its framework. */
export function livenessProposal(ready: string): LivenessProposal {
  const [bare = ready] = ready.split("?");
  for (const [readiness, liveness, needs] of FRAMEWORKS)
    if (readiness.test(bare)) return { http: bare.replace(readiness, liveness), known: true, needs };
  return { http: `${bare.replace(/\/$/, "")}/liveness`, known: false, needs: undefined };
}
