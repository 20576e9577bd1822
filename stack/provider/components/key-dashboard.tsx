"use client";

import { useState } from "react";
import type { ListedKey } from "../lib/keys/key-store.ts";
import { callApi } from "./call-api.ts";
import { KeyList } from "./key-list.tsx";
import { type MadeKey, NewKeyDialog } from "./new-key-dialog.tsx";
import { NewKeyForm } from "./new-key-form.tsx";
import { Notice } from "./notice.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";

/** The keys of the signed-in customer: make, look at, revoke. `initial` is what the server rendered with. */
export function KeyDashboard({ initial }: { initial: ListedKey[] }) {
  const [keys, setKeys] = useState(initial);
  const [made, setMade] = useState<MadeKey>();
  const [target, setTarget] = useState<ListedKey>();
  const [fault, setFault] = useState("");
  const active = keys.filter((key) => !key.revokedAt);
  const revoked = keys.filter((key) => key.revokedAt);

  async function refresh() {
    const called = await callApi<{ keys: ListedKey[] }>("GET", "/api/keys");
    if (!called.ok && called.status === 401) return window.location.assign("/sign-in");
    if (called.ok) setKeys(called.body.keys);
    setFault(called.ok ? "" : called.message);
  }

  return (
    <>
      <NewKeyForm
        onMade={(key) => {
          setMade(key);
          return refresh();
        }}
      />
      <section aria-labelledby="active-title">
        <h2 id="active-title">
          Active keys <span className="count">{active.length}</span>
        </h2>
        <Notice text={fault} />
        {active.length > 0 ? (
          <KeyList keys={active} onRevoke={setTarget} label="Active keys" />
        ) : (
          <p className="card none">No keys yet. Make the first one above: it takes a name and a second.</p>
        )}
      </section>
      {revoked.length > 0 && (
        <details>
          <summary>
            Revoked keys <span className="count">{revoked.length}</span>
          </summary>
          <KeyList keys={revoked} label="Revoked keys" />
        </details>
      )}
      {made && <NewKeyDialog made={made} onClose={() => setMade(undefined)} />}
      {target && (
        <RevokeDialog
          target={target}
          onClose={() => setTarget(undefined)}
          onDone={async () => {
            await refresh();
            setTarget(undefined);
          }}
        />
      )}
    </>
  );
}
