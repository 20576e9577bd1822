"use client";

import { CopyButton } from "./copy-button.tsx";
import { Modal } from "./modal.tsx";

export type MadeKey = { id: string; name: string; key: string };

/** Shows a key the one time that it is known. Escape does not close it: the key would be lost by a slip. */
export function NewKeyDialog({ made, onClose }: { made: MadeKey; onClose: () => void }) {
  return (
    <Modal titleId="made-title" onClose={onClose} dismissable={false}>
      <h2 id="made-title">Your new key</h2>
      <p>
        Copy it now and keep it somewhere safe. <strong>It is shown only this once</strong>; we keep no copy.
      </p>
      <div className="secret">
        <code id="made-key">{made.key}</code>
        <CopyButton text={made.key} fallbackId="made-key" />
      </div>
      <p className="hint">
        Send it with each request in the header <code>X-API-Key</code>.
      </p>
      <div className="actions">
        <button type="button" onClick={onClose}>
          I have copied it
        </button>
      </div>
    </Modal>
  );
}
