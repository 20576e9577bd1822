import type { Host } from "../../host/host.ts";
import { goodAnswersOf } from "../../plan/ingress-answers.ts";
import type { Watched } from "../../plan/watchdog/container-facts.ts";
import type { Evidence } from "../../plan/watchdog/probe-verdict.ts";
import { ingressSocket } from "../ingress-files.ts";
import type { KnownProject } from "../known-project.ts";
import { treeCpuMs } from "./process-tree.ts";

/** Share of a core: who burns so much between two probes works. */
const BUSY = 0.2;
/** How long a verdict waits for what speaks against it. */
const PATIENCE_MS = 300;

/** Good answers that customers got of a service so far; undefined where the ingress does not count them. */
export type GoodAnswers = (service: string) => Promise<number | undefined>;

/** As the ingress counts them. */
export function countedAnswers(
  { ingress }: Pick<Host, "ingress">,
  project: Pick<KnownProject, "paths">,
): GoodAnswers {
  return async (service) => goodAnswersOf(await ingress.goodAnswers(ingressSocket(project)), service);
}

/** What is seen of one container after its first failed probe. */
export type SignOfLife = {
  /** A probe that had been given up was answered after so long. */
  late(ms: number): void;
  /** What spoke against a hang since the call before. */
  evidence(): Promise<Evidence>;
};

type Seen = { at: number; cpuMs: number | undefined; good: number | undefined };

/** Begins at the first failed probe: CPU and good answers are counted from there. */
export function signOfLife(
  host: Pick<Host, "machine" | "clock">,
  { container, facts }: Watched,
  goodAnswers: GoodAnswers,
): SignOfLife {
  let lateMs: number | undefined;
  const see = async (): Promise<Seen> => {
    // Each for itself: an ingress that says nothing is no reason to overlook that a process works.
    const counting = within(host, goodAnswers(facts.service));
    const burning = container.pid === undefined ? undefined : within(host, treeCpuMs(host, container.pid));
    const cpuMs = await burning;
    return { at: host.clock.monotonic(), cpuMs, good: await counting };
  };
  let before = see();
  return {
    late: (ms) => {
      lateMs = Math.max(lateMs ?? 0, ms);
    },
    async evidence() {
      const [first, now] = [before, see()];
      before = now;
      const seen = compared(await first, await now);
      const told = lateMs;
      lateMs = undefined;
      return { ...seen, lateMs: told };
    },
  };
}

function compared(before: Seen, now: Seen): Pick<Evidence, "busy" | "servedMeanwhile"> {
  const burned = (now.cpuMs ?? 0) - (before.cpuMs ?? now.cpuMs ?? 0);
  return {
    busy: burned > 0 && burned >= BUSY * (now.at - before.at),
    servedMeanwhile: before.good !== undefined && now.good !== undefined && now.good > before.good,
  };
}

/** undefined where it fails, or takes longer than a verdict may wait. */
function within<T>(host: Pick<Host, "clock">, work: Promise<T>): Promise<T | undefined> {
  const over = new AbortController();
  const limit = host.clock.sleep(PATIENCE_MS, over.signal).then(() => undefined);
  return Promise.race([work.catch(() => undefined), limit]).finally(() => over.abort());
}
