import { type AppSettings, type TestProject, writeApp } from "./test-project.ts";

/** `writeApp` with a warm standby: short enough an `answer_within` that a caught request is soon asked again. */
export function writeStandbyApp(
  project: TestProject,
  settings: AppSettings,
  { answerWithin = "2s", within = "60s" }: { answerWithin?: string; within?: string } = {},
): void {
  writeApp(project, settings, { toml: `standby = true\nanswer_within = "${answerWithin}"\n`, within });
}

/** Sends a signal to the main process of one colour of `app`, from outside as a fault would come. */
export async function signalApp(
  project: TestProject,
  colour: "blue" | "green",
  signal: "SIGSTOP" | "SIGCONT" | "SIGKILL",
): Promise<void> {
  process.kill(Number(await project.inspect(`app-${colour}`, "{{.State.Pid}}")), signal);
}
