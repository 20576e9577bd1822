import { BINARY, SECRETS_TEMPLATE, STATE_ROOT } from "./places.ts";
import { sandbox } from "./sandbox.ts";

/**
 * Looks after one project's rotations, where it is time: `soloflow-agent-rotate@PROJECT.service`, which the watchdog or
 * the timer starts. What it decrypts is gone when it ends.
 */
export function rotateUnitText(): string {
  return `# Written by soloflow-agent install.
[Unit]
Description=SoloFlow Agent: rotates what is due of the secrets of %i
After=docker.service ${SECRETS_TEMPLATE.replace("@", "@%i")}
RequiresMountsFor=${STATE_ROOT}/%i
# Nothing was deployed yet.
ConditionPathExists=${STATE_ROOT}/%i/model.json

[Service]
Type=oneshot
ExecStart=${BINARY} rotate-secrets --scheduled --json --project %i
# All containers changed three times, each as slow as it may be.
TimeoutStartSec=2h
# Up to the commit it takes back what it began, after it it goes on to the end.
TimeoutStopSec=10min
# As the watchdog's: a docker command that it leaves behind holds the project's lock until it has ended.
KillMode=process
OOMScoreAdjust=-500
SyslogIdentifier=soloflow-agent
# Files are given to the users of the containers; soloflow.toml may lie in somebody's home.
${sandbox(["CAP_CHOWN", "CAP_FOWNER", "CAP_DAC_OVERRIDE"], "read-only")}SystemCallFilter=~@setuid @resources
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
`;
}

/**
 * For a machine without the watchdog: `soloflow-agent-rotate@PROJECT.timer`. The hours are those of soloflow.toml, which
 * may change with every deploy: outside of them the service ends at once.
 */
export function rotateTimerText(): string {
  return `# Written by soloflow-agent install --timer.
[Unit]
Description=SoloFlow Agent: when the secrets of %i are rotated

[Timer]
OnBootSec=2min
OnCalendar=*:0/15
AccuracySec=1min

[Install]
WantedBy=timers.target
`;
}
