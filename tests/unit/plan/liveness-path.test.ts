import { expect, test } from "bun:test";
import { livenessProposal } from "../../../agent/plan/liveness-path.ts";

test.each([
  [":8080/actuator/health", ":8080/actuator/health/liveness"],
  [":8080/shop/actuator/health/readiness", ":8080/shop/actuator/health/liveness"],
  [":8080/q/health/ready", ":8080/q/health/live"],
  [":8080/health/ready", ":8080/health/live"],
  [":6443/readyz?verbose", ":6443/livez"],
  [":9090/-/ready", ":9090/-/healthy"],
])("a framework's readiness %s has its liveness on %s", (ready, live) => {
  expect(livenessProposal(ready)).toMatchObject({ http: live, known: true });
});

test("Spring Boot's is there only when told so", () => {
  expect(livenessProposal(":8080/actuator/health").needs).toContain("probes.enabled=true");
});

test("a path of nobody's habit has to be made", () => {
  expect(livenessProposal(":3000/")).toEqual({ http: ":3000/liveness", known: false, needs: undefined });
  expect(livenessProposal(":3000/api/health?deep=1").http).toBe(":3000/api/health/liveness");
});
