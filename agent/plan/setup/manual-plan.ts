import type { Machine, System } from "./machine.ts";
import type { SetupPlan } from "./setup-plan.ts";

/** What a person types on a system that setup does not serve; the first that fits, by ID or ID_LIKE. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  alpine: [
    "apk add docker docker-cli-compose docker-cli-buildx",
    "rc-update add docker",
    "service docker start",
  ],
  arch: ["pacman -S --needed docker docker-compose docker-buildx", "systemctl enable --now docker"],
  fedora: [
    "dnf install moby-engine docker-cli docker-compose docker-buildx",
    "systemctl enable --now docker",
  ],
  suse: ["zypper install docker docker-compose docker-buildx", "systemctl enable --now docker"],
};

const DOCKERS_OWN = [
  "apt-get install docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin",
  "systemctl enable --now docker",
];

/** For a machine that setup cannot serve: why, and the commands that do it. The last one checks the result. */
export function manualPlan(machine: Machine, cause: string): SetupPlan {
  return { kind: "manual", cause, commands: [...commandsFor(machine), "soloflow-agent setup"] };
}

function commandsFor({ system, apt, cgroups, systemd }: Machine): readonly string[] {
  if (!cgroups) {
    const start = systemd ? "systemctl restart docker" : "dockerd";
    return ["mount -t cgroup2 cgroup2 /sys/fs/cgroup", start];
  }
  if (apt !== undefined)
    return [
      `# set up Docker's own apt repository as its documentation says for ${system.name}, then:`,
      ...DOCKERS_OWN,
    ];
  return (
    known(system) ?? [
      `# install Docker Engine, Compose and Buildx as their documentation says for ${system.name}`,
    ]
  );
}

function known({ id, like }: System): readonly string[] | undefined {
  for (const name of [id, ...like]) {
    const commands = COMMANDS[name];
    if (commands !== undefined) return commands;
  }
  return undefined;
}
