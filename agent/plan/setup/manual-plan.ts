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

/** Package managers of the systems that Docker has a repository for. */
const INSTALLER: Readonly<Record<string, string>> = { rhel: "dnf", debian: "apt-get", ubuntu: "apt-get" };

/** For a machine that setup cannot serve: why, and the commands that do it. The last one checks the result. */
export function manualPlan(machine: Machine, cause: string): SetupPlan {
  return { kind: "manual", cause, commands: [...commandsFor(machine), "soloflow-agent setup"] };
}

function commandsFor({ system, cgroups, systemd }: Machine): readonly string[] {
  if (!cgroups)
    return ["mount -t cgroup2 cgroup2 /sys/fs/cgroup", systemd ? "systemctl restart docker" : "dockerd"];
  const installer = known(INSTALLER, system);
  if (installer !== undefined)
    return [
      `# set up Docker's own repository as its documentation says for ${system.name}, then:`,
      `${installer} install docker-ce docker-ce-cli containerd.io docker-buildx-plugin docker-compose-plugin`,
      "systemctl enable --now docker",
    ];
  const unknown = `# install Docker Engine, Compose and Buildx as their documentation says for ${system.name}`;
  return known(COMMANDS, system) ?? [unknown];
}

function known<T>(table: Readonly<Record<string, T>>, { id, like }: System): T | undefined {
  const name = [id, ...like].find((word) => word in table);
  return name === undefined ? undefined : table[name];
}
