import { idOf, linesOf, type Message, titleOf } from "./message.ts";

/** Programs that take a whole mail, header and all, on their standard input. */
const MAILERS = /(^|\/)(msmtp|sendmail|ssmtp|exim4?|nullmailer-inject|dma)$/;

/**
 * What the command of [alerts] reads: for a mailer a mail with its header, for any other program (`mail -s …`, a
 * script) the title and the text. Ends with a newline.
 */
export function commandInput(message: Message, program: string, now: number): string {
  const title = titleOf(message);
  const text = linesOf(message, now).join("\n");
  if (!MAILERS.test(program)) return `${title}\n\n${text}\n`;
  const header = [
    `Subject: ${headerText(title)}`,
    `X-Soloflow-Id: ${headerText(idOf(message))}`,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "Content-Transfer-Encoding: 8bit",
  ];
  return `${header.join("\n")}\n\n${text}\n`;
}

/** A header is one line of ASCII. */
function headerText(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, "?");
}
