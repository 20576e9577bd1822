"use client";

import { useState } from "react";
import type { ListedKey } from "../lib/keys/key-store.ts";
import { callApi } from "./call-api.ts";
import { Modal } from "./modal.tsx";
import { Notice } from "./notice.tsx";

type RevokeDialogProps = { target: ListedKey; onDone: () => Promise<void>; onClose: () => void };

/** Asks before a key is revoked, since nothing brings it back. */
export function RevokeDialog({ target, onDone, onClose }: RevokeDialogProps) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");

  async function revoke() {
    setBusy(true);
    const called = await callApi("DELETE", `/api/keys/${target.id}`);
    if (called.ok || called.status === 404) return onDone();
    setBusy(false);
    setFault(called.message);
  }

  return (
    <Modal titleId="revoke-title" onClose={onClose}>
      <h2 id="revoke-title">Revoke “{target.name}”?</h2>
      <p>
        Requests with <code>{target.prefix}…</code> will be refused within a second. This cannot be undone.
      </p>
      <Notice text={fault} />
      <div className="actions">
        <button type="button" onClick={onClose}>
          Keep it
        </button>
        <button type="button" className="danger" disabled={busy} aria-busy={busy} onClick={revoke}>
          {busy ? "Revoking…" : "Revoke key"}
        </button>
      </div>
    </Modal>
  );
}
