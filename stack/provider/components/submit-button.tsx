"use client";

import { useSyncExternalStore } from "react";

type SubmitButtonProps = { text: string; busyText: string; busy: boolean; className: string };

/**
 * Sends its form. Disabled while that is under way, and until the page's script
 * runs: a form that the browser sends by itself would put its fields, a
 * password among them, into an address.
 */
export function SubmitButton({ text, busyText, busy, className }: SubmitButtonProps) {
  const alive = useSyncExternalStore(never, inBrowser, onServer);
  return (
    <button type="submit" className={className} disabled={busy || !alive} aria-busy={busy}>
      {busy ? busyText : text}
    </button>
  );
}

const never = () => () => {};
const inBrowser = () => true;
const onServer = () => false;
