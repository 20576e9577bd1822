import type { Host } from "../../host/host.ts";
import type { ComposeModel } from "../../plan/compose-model.ts";

/** Whether a named volume of the compose file is there already: its content may depend on secrets of before. */
export async function dataExists(host: Pick<Host, "engine">, model: ComposeModel): Promise<boolean> {
  const wanted = Object.entries(model.volumes).map(([key, volume]) => volume?.name ?? `${model.name}_${key}`);
  if (wanted.length === 0) return false;
  return (await host.engine.volumes()).some((volume) => wanted.includes(volume.name));
}
