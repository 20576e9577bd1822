import { RUN_ROOT, STATE_ROOT } from "./places.ts";

/*
 * What all services have in common: everything is shut but the state, the run folder and the engine's socket. Why root,
 * and what each capability is for: docs/decisions/0090-root-with-one-capability.md.
 */

/**
 * Loads a stranger's code into the agent, or into a child of it. systemd gives these only where somebody set them for
 * the whole machine (`systemctl set-environment`, DefaultEnvironment=); it knows no patterns.
 */
const FOREIGN_CODE = [
  ...["BUN_BE_BUN", "BUN_OPTIONS", "BUN_INSPECT", "BUN_INSPECT_CONNECT_TO", "BUN_INSPECT_NOTIFY"],
  ...["BUN_INSPECT_PRELOAD", "BUN_INSTALL", "BUN_CONFIG_VERBOSE_FETCH", "BUN_RUNTIME_TRANSPILER_CACHE_PATH"],
  ...["NODE_OPTIONS", "NODE_TLS_REJECT_UNAUTHORIZED", "LD_PRELOAD", "LD_LIBRARY_PATH"],
];

/** Lines of [Service]. `capabilities` are all that the process and its children can ever have. */
export function sandbox(capabilities: readonly string[], home: "yes" | "read-only" = "yes"): string {
  return `UnsetEnvironment=${FOREIGN_CODE.join(" ")}
# A core dump would hold decrypted secrets.
LimitCORE=0
UMask=0077
CapabilityBoundingSet=${capabilities.join(" ")}
NoNewPrivileges=yes
ProtectSystem=strict
# The two parents: a project's folder that is deleted and made again is still the one that is seen.
ReadWritePaths=${STATE_ROOT} -${RUN_ROOT}
ProtectHome=${home}
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
LockPersonality=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
KeyringMode=private
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
`;
}
