"use client";

import { useState } from "react";

/**
 * Copies `text`. Browsers offer their clipboard on https and localhost only; on
 * a plain address the text of the element `fallbackId` is selected and copied
 * the old way, and stays selected when even that is refused.
 */
export function CopyButton({ text, fallbackId }: { text: string; fallbackId: string }) {
  const [said, setSaid] = useState("");

  async function copy() {
    const copied = await toClipboard(text).catch(() => copySelected(fallbackId));
    setSaid(copied ? "Copied" : "Press Ctrl+C");
  }

  return (
    <button type="button" className="primary" onClick={copy}>
      <span aria-live="polite">{said || "Copy"}</span>
    </button>
  );
}

async function toClipboard(text: string): Promise<boolean> {
  await navigator.clipboard.writeText(text);
  return true;
}

function copySelected(id: string): boolean {
  const element = document.getElementById(id);
  const selection = window.getSelection();
  if (!element || !selection) return false;
  selection.selectAllChildren(element);
  return document.execCommand("copy");
}
