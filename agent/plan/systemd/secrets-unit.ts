import { BINARY, STATE_ROOT } from "./places.ts";
import { sandbox } from "./sandbox.ts";

/**
 * Decrypts one project's secrets into memory before Docker starts: `soloflow-agent-secrets@PROJECT.service`. Docker
 * wants it and waits for it (20 s at most), and never requires it: a stack whose secrets cannot be read still has a
 * database to look at.
 */
export function secretsUnitText(): string {
  return `# Written by soloflow-agent install.
[Unit]
Description=SoloFlow Agent: secrets of %i in memory
Before=docker.service
RequiresMountsFor=${STATE_ROOT}/%i
# Nothing was delivered before the first deploy.
ConditionPathExists=${STATE_ROOT}/%i/delivered.json

[Service]
Type=oneshot
ExecStart=${BINARY} secrets render --project %i
TimeoutStartSec=20
SyslogIdentifier=soloflow-agent
PrivateNetwork=yes
IPAddressDeny=any
RestrictAddressFamilies=AF_UNIX
# Files are given to the users of the containers, who alone can read them.
${sandbox(["CAP_CHOWN", "CAP_FOWNER", "CAP_DAC_OVERRIDE"])}
[Install]
WantedBy=docker.service
`;
}
