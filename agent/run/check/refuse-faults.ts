import type { Progress } from "../../core/progress.ts";
import type { Host } from "../../host/host.ts";
import type { Project } from "../project.ts";
export async function refuseFaults(_host: Host, _project: Project, _progress: Progress): Promise<void> {}
