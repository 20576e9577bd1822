import { BINARY, SECRETS_TEMPLATE } from "./places.ts";
import { sandbox } from "./sandbox.ts";

/**
 * Six reconciles, one every 10 s: an engine that answers nothing costs one of them its deadlines of 5 s a call, a
 * machine under full load a second one. A loop that completes none for this long will complete none.
 */
const WATCHDOG_SEC = 60;

/** The watchdog of one project: `soloflow-agent@PROJECT.service`. */
export function agentUnitText(): string {
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
${sandbox(["CAP_DAC_OVERRIDE"])}SystemCallFilter=~@privileged @resources
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6

[Install]
WantedBy=multi-user.target
`;
}
