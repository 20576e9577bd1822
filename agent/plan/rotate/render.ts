import { formatDuration } from "../../core/duration.ts";
import { table } from "../../core/table.ts";
import { counted, times } from "./counted.ts";
import type { KeyCount, RotatedService, RotationPlan } from "./types.ts";

/** The preview as stable text: for `--dry-run`, the question before a rotation, and the tests. */
export function renderRotation(plan: RotationPlan): string {
  const { names, left } = plan;
  if (names.length === 0) return ["nothing to rotate", ...section("left", leftRows(plan))].join("\n");
  return [
    ...section(
      "rotates",
      names.map(({ name, kind, from, to }) => [name, kind, `version ${from} → ${to}`]),
    ),
    ...section("services", plan.services.map(serviceRow)),
    ...plan.owners.map(
      ({ login, owner, objects }) => `${counted(objects, "object")} of ${login} will belong to ${owner}`,
    ),
    ...plan.keys.map(({ name, versions }) => `API keys on ${name}: ${keysOf(versions)}`),
    sessions(plan),
    duration(plan),
    ...section("cannot be kept", plan.promisesThatFall.map(one)),
    ...(left.length === 0 ? [] : section("left", leftRows(plan))),
  ].join("\n");
}

function section(title: string, rows: readonly (readonly string[])[]): string[] {
  return rows.length === 0 ? [] : [`${title}:`, ...table(rows).map((line) => `  ${line}`)];
}

function leftRows({ left }: RotationPlan): string[][] {
  return left.map(({ name, why }) => [name, why]);
}

function one(text: string): string[] {
  return [text];
}

function serviceRow({ service, how, rollouts, costsMs }: RotatedService): string[] {
  const often = times(rollouts);
  if (how === "two colours") return [service, `${how}, ${often}, no request is lost`];
  if (how === "runs again") return [service, `${how}, ${often}`];
  return [
    service,
    `${how}, ${often}, ${costsMs === undefined ? "until it is ready" : `away for ${formatDuration(costsMs)} in all`}`,
  ];
}

function keysOf(versions: readonly KeyCount[]): string {
  return versions.length === 0
    ? "none"
    : versions.map(({ n, count }) => `${count} on version ${n}`).join(", ");
}

function sessions({ sessions }: RotationPlan): string {
  return sessions === "kept" ? "nobody is signed out" : "everybody is signed out";
}

function duration({ expectedMs, soakMs }: RotationPlan): string {
  const takes =
    expectedMs === undefined
      ? "takes as long as the services need to start"
      : `takes about ${formatDuration(expectedMs)}`;
  return soakMs === 0
    ? takes
    : `${takes}; then what is replaced stays accepted for ${formatDuration(soakMs)}`;
}
