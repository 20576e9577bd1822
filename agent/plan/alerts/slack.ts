import { linesOf, type Message, titleOf } from "./message.ts";

/**
 * The body of a Slack-compatible incoming webhook (Slack, Mattermost, Rocket.Chat, Discord's /slack address): one text
 * and nothing that only one of them understands. A page calls the whole channel.
 */
export function slackBody(message: Message, now: number): string {
  const pages = message.kind === "alert" && message.alert.level === "losing";
  const lines = [`*${escaped(titleOf(message))}*`, ...linesOf(message, now).map(escaped)];
  return JSON.stringify({ text: `${pages ? "<!channel> " : ""}${lines.join("\n")}` });
}

/** The three characters by which Slack's markup links and calls people. */
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
