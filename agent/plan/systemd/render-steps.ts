import { BINARY, GROUP, RUN_ROOT, STATE_ROOT, USER } from "./places.ts";
import type { InstallStep } from "./plan-install.ts";
import type { UninstallStep } from "./plan-uninstall.ts";

/** One step in words, the same on a terminal, in the log and in tests. */
export function renderInstallStep(step: InstallStep): string {
  switch (step.kind) {
    case "group":
      return `make the group ${GROUP}, whose members may read what the watchdog tells`;
    case "user":
      return `make the user ${USER}, without a login and owner of nothing`;
    case "binary":
      return `copy this executable to ${BINARY}`;
    case "file":
      return `write ${step.path}`;
    case "folders":
      return `make the folders in ${STATE_ROOT} and ${RUN_ROOT}`;
    case "reload":
      return "let systemd read its units again";
    case "enable":
      return `enable ${step.unit}`;
    case "disable":
      return `stop and disable ${step.unit}`;
    case "start":
      return `start ${step.unit}`;
    default:
      return step satisfies never;
  }
}

export function renderUninstallStep(step: UninstallStep): string {
  switch (step.kind) {
    case "disable":
      return `stop and disable ${step.unit}`;
    case "remove":
      return `remove ${step.path}`;
    case "reload":
      return "let systemd read its units again";
    case "close":
      return `give what is in ${RUN_ROOT} back to root alone`;
    case "remove-user":
      return `remove the user ${USER}`;
    case "remove-group":
      return `remove the group ${GROUP}`;
    default:
      return step satisfies never;
  }
}
