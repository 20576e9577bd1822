/** Without what would command a terminal: logs and answers of a service are anybody's text. Newlines and tabs stay. */
export function plainText(text: string): string {
  return text.replaceAll(/\p{Cc}\[[0-9;?]*[ -/]*[@-~]/gu, "").replaceAll(/(?![\n\t])\p{Cc}/gu, "");
}
