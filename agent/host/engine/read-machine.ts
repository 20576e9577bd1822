import type { EngineInfo, Network, Volume } from "../../core/container.ts";
import type { Place } from "./place.ts";

/** GET /info */
export function readInfo(answer: Place, apiVersion: string): EngineInfo {
  return {
    version: answer.at("ServerVersion").string(),
    apiVersion,
    rootDir: answer.at("DockerRootDir").string(),
    storageDriver: answer.at("Driver").string(),
    cpus: answer.at("NCPU").number(),
    memoryBytes: answer.at("MemTotal").number(),
    systemTime: answer.at("SystemTime").string(),
  };
}

/** GET /networks */
export function readNetworks(answer: Place): Network[] {
  return answer.list().map((network) => ({
    id: network.at("Id").string(),
    name: network.at("Name").string(),
    labels: network.at("Labels").texts(),
    subnets: (network.at("IPAM").optional()?.at("Config").list() ?? []).flatMap(
      (range) => range.at("Subnet").optional()?.string() ?? [],
    ),
  }));
}

/** GET /volumes */
export function readVolumes(answer: Place): Volume[] {
  return answer
    .at("Volumes")
    .list()
    .map((volume) => ({
      name: volume.at("Name").string(),
      labels: volume.at("Labels").texts(),
      mountpoint: volume.at("Mountpoint").string(),
    }));
}
