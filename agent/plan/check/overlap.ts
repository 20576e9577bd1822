import type { Fault } from "../../config/fault.ts";
import type { ComposeService } from "../compose-model.ts";
import { overlapObstacle, strategyOf } from "../strategy.ts";
import { error, inCompose, inConfig, warning } from "./places.ts";
import type { Subject } from "./subject.ts";

/** What stands in the way of two containers of one service at the same time. */
export function overlap(subject: Subject): Fault[] {
  const { config, model } = subject;
  return Object.entries(model.services).flatMap(([name, service]) => {
    if (strategyOf(name, config, model) !== "overlap") return [];
    return [
      ...impossible(subject, name),
      ...fixedName(subject, name, service),
      ...sharedVolumes(subject, name, service),
    ];
  });
}

/** Asked for in soloflow.toml, but the ingress cannot lead to it. */
function impossible(subject: Subject, name: string): Fault[] {
  const why = overlapObstacle(name, subject.config.service[name]?.ready, subject.model);
  if (why === undefined) return [];
  return [
    error("overlap-impossible", inConfig(subject, ["service", name, "deploy"]), {
      message: `${name} cannot overlap: ${why}`,
      hint: 'mend that, or write deploy = "replace"',
    }),
  ];
}

function fixedName(subject: Subject, name: string, { container_name: fixed }: ComposeService): Fault[] {
  if (fixed === undefined) return [];
  return [
    warning("overlap-container-name", inCompose(subject, ["services", name, "container_name"]), {
      message: `two of ${name} run while one takes over, so neither can be called ${fixed}`,
      hint: `remove container_name (use soloflow-agent logs ${name}, exec ${name}), or write deploy = "replace"`,
    }),
  ];
}

function sharedVolumes(subject: Subject, name: string, service: ComposeService): Fault[] {
  return (service.volumes ?? []).flatMap((mount, index) => {
    if (mount.read_only === true || mount.type !== "volume" || mount.source === undefined) return [];
    return [
      warning("overlap-volume", inCompose(subject, ["services", name, "volumes", index]), {
        message: `two of ${name} write to the volume ${mount.source} while one takes over`,
        hint: 'if the program does not expect that, write deploy = "replace"; if it only reads, add :ro',
      }),
    ];
  });
}
