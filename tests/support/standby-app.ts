import { type AppSettings, type TestProject, writeApp } from "./test-project.ts";

/** `writeApp` with a warm standby: short enough an `answer_within` that a caught request is soon asked again. */
export function writeStandbyApp(
  project: TestProject,
  settings: AppSettings,
  { standby = true, within = "60s" }: { standby?: boolean; within?: string } = {},
): void {
  const toml = standby ? 'standby = true\nanswer_within = "2s"\n' : "";
  writeApp(project, settings, { toml, within });
}

/** Sends a signal to the main process of one colour of `app`, from outside as a fault would come. */
export async function signalApp(
  project: TestProject,
  colour: "blue" | "green",
  signal: "SIGSTOP" | "SIGCONT" | "SIGKILL",
): Promise<void> {
  process.kill(Number(await project.inspect(`app-${colour}`, "{{.State.Pid}}")), signal);
}
