/** Where a form says what went wrong. Always in the page, so that a screen reader notices when text comes in. */
export function Notice({ text }: { text: string }) {
  return (
    <p className={text ? "notice" : "notice empty"} role="alert">
      {text}
    </p>
  );
}
