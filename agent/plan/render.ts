import { formatDuration } from "../core/duration.ts";
import type { DeployPlan } from "./deploy.ts";
import type { ServicePlan } from "./service-change.ts";
import type { Step } from "./step.ts";

/** Service to its usual time from start to ready, milliseconds; services without history are absent. */
export type History = Readonly<Record<string, number>>;

const ACTIONS: Readonly<Record<ServicePlan["action"], string>> = {
  keep: "unchanged",
  create: "create",
  start: "start",
  replace: "replace",
  switch: "switch to the other colour",
  run: "run once",
  repair: "repair",
  remove: "remove",
};

/** The plan as stable text: for `plan`, `deploy`, the log and the tests. */
export function renderPlan(plan: DeployPlan, history: History = {}): string {
  const busy = plan.services.filter((service) => service.action !== "keep");
  const kept = plan.services.filter((service) => service.action === "keep");
  const lines = busy.flatMap((service) => renderService(service, history[service.service]));
  const quiet = kept.filter((service) => service.causes.length === 0).map((service) => service.service);
  if (quiet.length > 0) lines.push(`unchanged: ${quiet.join(", ")}`);
  for (const service of kept) for (const cause of service.causes) lines.push(`${service.service}: ${cause}`);
  for (const line of plan.drift) lines.push(`drift: ${line}`);
  return lines.join("\n");
}

function renderService(service: ServicePlan, usualMs: number | undefined): string[] {
  const time = usualMs === undefined ? "" : `, about ${formatDuration(usualMs)}`;
  const how = service.strategy === "overlap" ? ", no request is lost" : interruption(service, usualMs);
  return [
    `${service.service}: ${ACTIONS[service.action]} (${service.strategy}${time}${how})`,
    ...service.causes.map((cause) => `  because ${cause}`),
  ];
}

function interruption(service: ServicePlan, usualMs: number | undefined): string {
  if (service.action !== "replace") return "";
  return `, it is away ${usualMs === undefined ? "until the new one is ready" : "for that time"}`;
}

/** One line a step, with its cause where it has one: what `plan --debug` and the journal show. */
export function renderStep(step: Step): string {
  switch (step.do) {
    case "start":
      return `start ${step.starts.map((start) => `${start.instance} until ${start.until}`).join(", ")}`;
    case "roles":
      return `set the roles of ${step.service}`;
    case "stop":
      return `stop ${step.container.name}: ${step.cause}`;
    case "detach":
      return `take ${step.service}-${step.standby} from the ingress: ${step.cause}`;
    case "flip":
      return `send requests of ${step.service} to ${step.to}: ${step.cause}`;
    case "drain":
      return `let requests on ${step.service}-${step.colour} end: ${step.cause}`;
    case "remove":
      return `stop and remove ${step.container.name}: ${step.cause}`;
    case "standby":
      return `start ${step.start.instance} until ready: ${step.cause}`;
    case "attach":
      return `let the standby of ${step.service} answer: ${step.cause}`;
    default:
      return step satisfies never;
  }
}
