import type { Exec, Outcome } from "../../core/command.ts";
import { reason } from "../../core/errors.ts";
import type { Secret } from "../../core/secret.ts";
import type { Host } from "../../host/host.ts";
import type { Web, WebAnswer } from "../../host/web.ts";
import { commandInput } from "../../plan/alerts/mail.ts";
import { idOf, type Message } from "../../plan/alerts/message.ts";
import { signatureHeaders } from "../../plan/alerts/signature.ts";
import { slackBody } from "../../plan/alerts/slack.ts";
import type { Way } from "../../plan/alerts/ways.ts";
import { webhookBody } from "../../plan/alerts/webhook.ts";
import type { AlertSettings } from "../../plan/watchdog/settings.ts";
import type { SecretReader } from "./alert-secret.ts";
import { urlOf } from "./url-of.ts";

/** A try over the net. */
const WEB_MS = 10_000;
/** A mailer may wait for its server's greeting: RFC 5321 lets that take minutes, most need a second. */
const COMMAND_MS = 30_000;
const MAX_OUTPUT_BYTES = 4_096;

export type Sender = {
  host: Pick<Host, "exec" | "clock" | "env">;
  web: Web;
  read: SecretReader;
  settings: AlertSettings;
  signal: AbortSignal;
};

/** How one try went. `why` may be shown and kept: it holds no value of a secret, and no URL. */
export type Sent = { ok: true } | { ok: false; why: string; retryAfterMs?: number | undefined };

/** Tries once, within a deadline. Never throws. */
export async function send(way: Way, message: Message, sender: Sender): Promise<Sent> {
  try {
    return await WAY[way](message, sender);
  } catch (thrown) {
    return { ok: false, why: reason(thrown) };
  }
}

const WAY: Readonly<Record<Way, (message: Message, sender: Sender) => Promise<Sent>>> = {
  slack: async (message, sender) => {
    const url = await needed(sender.settings.slack, sender.read);
    return await post(sender, url, slackBody(message, sender.host.clock.now()), {});
  },

  webhook: async (message, sender) => {
    const { webhook } = sender.settings;
    const url = await needed(webhook?.url, (setting) => urlOf(setting, sender.read));
    const key = await needed(webhook?.key, sender.read);
    const now = sender.host.clock.now();
    const body = webhookBody(message, now);
    return await post(sender, url, body, {
      "Soloflow-Id": idOf(message),
      ...signatureHeaders(key, now, body),
    });
  },

  command: async (message, sender) => {
    const [program, ...words] = sender.settings.command ?? [];
    if (program === undefined) return { ok: false, why: "no command is set" };
    const input = commandInput(message, program, sender.host.clock.now());
    return ended(program, await run(sender, [program, ...words], input));
  },
};

async function needed(setting: string | undefined, read: SecretReader): Promise<Secret> {
  if (setting === undefined) throw new Error("it is not set any more");
  const value = await read(setting);
  if (value === undefined)
    throw new Error(`the secret ${setting} has no value: soloflow-agent secrets set ${setting}`);
  return value;
}

async function post(
  { web, signal }: Sender,
  url: Secret,
  body: string,
  headers: Record<string, string>,
): Promise<Sent> {
  const answer = await web(
    {
      ...{ method: "POST", url: url.reveal().trim(), body },
      headers: {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "soloflow-agent",
        ...headers,
      },
    },
    { timeoutMs: WEB_MS, signal },
  );
  return judged(answer);
}

/** Only a 2xx is a delivery: a redirect leads somewhere that nobody has named. */
export function judged(answer: WebAnswer): Sent {
  if (!answer.answered) return { ok: false, why: answer.why };
  const { status, retryAfterMs } = answer;
  if (status >= 200 && status < 300) return { ok: true };
  const redirect = status >= 300 && status < 400 ? ", a redirect, which is not followed" : "";
  return { ok: false, why: `it answered ${status}${redirect}`, retryAfterMs };
}

/** With next to nothing in its environment: what the agent was started with is none of a mailer's business. */
function run({ host, signal }: Sender, argv: readonly string[], stdin: string): ReturnType<Exec> {
  const { PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME = "/" } = host.env;
  const clean = ["env", "-i", `PATH=${PATH}`, `HOME=${HOME}`, "LANG=C.UTF-8"] as const;
  return host.exec(
    { argv: [...clean, ...argv] as [string, ...string[]], stdin },
    { timeoutMs: COMMAND_MS, signal, maxBytes: MAX_OUTPUT_BYTES },
  );
}

/** What it printed is not passed on: a mailer that is asked to be loud prints its login. */
function ended(program: string, outcome: Outcome): Sent {
  switch (outcome.kind) {
    case "ok":
      return { ok: true };
    case "failed":
      return {
        ok: false,
        why:
          outcome.code === 127 ? `there is no program ${program}` : `${program} ended with ${outcome.code}`,
      };
    case "killed":
      return {
        ok: false,
        why: outcome.by === "timeout" ? `${program} did not end within ${COMMAND_MS / 1_000} s` : "cancelled",
      };
    case "missing":
      return { ok: false, why: `there is no program ${outcome.program}` };
    default:
      return outcome satisfies never;
  }
}
