import { BINARY, ROTATE_TEMPLATE, SECRETS_TEMPLATE } from "./places.ts";
import { sandbox } from "./sandbox.ts";

/**
 * Six reconciles, one every 10 s: an engine that answers nothing costs one of them its deadlines of 5 s a call, a
 * machine under full load a second one. A loop that completes none for this long will complete none.
 */
const WATCHDOG_SEC = 60;

/**
 * What a daemon does every two seconds is not worth compiling: without the engine's two upper tiers it takes 39 MB
 * instead of 48, and less CPU (measured 2026-11-22, docs/decisions/0081). Starting `bun:ffi` needs the rest of the
 * compiler, so useJIT stays. Its heap grows by a fifth between two collections, not to the double, and nothing is laid
 * up for a growth that never comes: 2 MB less of private memory (docs/decisions/0093).
 */
export const INTERPRETED = {
  BUN_JSC_useDFGJIT: "0",
  BUN_JSC_useBaselineJIT: "0",
  BUN_JSC_forceMiniVMMode: "1",
  BUN_JSC_useWarmUpMarkedBlocks: "0",
} as const;

/** The watchdog of one project: `soloflow-agent@PROJECT.service`. */
export function agentUnitText(): string {
  const interpreted = Object.entries(INTERPRETED).map(([name, value]) => `${name}=${value}`);
  return `# Written by soloflow-agent install. For changes of your own: systemctl edit soloflow-agent@PROJECT.service
[Unit]
Description=SoloFlow Agent: watches %i
# Not Requires= or BindsTo=: the agent has to see the engine go away and come back.
After=docker.service ${SECRETS_TEMPLATE.replace("@", "@%i")}
# It never gives up: tried again every second for as long as it takes.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart=${BINARY} watch --project %i
Restart=always
RestartSec=1
# Fed by a completed reconcile and by nothing else.
WatchdogSec=${WATCHDOG_SEC}
WatchdogSignal=SIGKILL
TimeoutStopSec=30
# A docker command that a killed agent leaves behind is not cut off in the middle: it holds the project's lock until
# it has ended, and the next agent waits for that.
KillMode=process
OOMScoreAdjust=-500
SyslogIdentifier=soloflow-agent
Environment=SOLOFLOW_SECRETS_UNIT=${SECRETS_TEMPLATE.replace("@", "@%i")}
Environment=SOLOFLOW_ROTATE_UNIT=${ROTATE_TEMPLATE.replace("@", "@%i")}
Environment=${interpreted.join(" ")}
${sandbox(["CAP_DAC_OVERRIDE"])}SystemCallFilter=~@privileged @resources
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6

[Install]
WantedBy=multi-user.target
`;
}
