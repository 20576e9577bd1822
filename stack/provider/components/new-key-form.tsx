"use client";

import { type FormEvent, useState } from "react";
import { callApi } from "./call-api.ts";
import { Field } from "./field.tsx";
import type { MadeKey } from "./new-key-dialog.tsx";
import { Notice } from "./notice.tsx";
import { SubmitButton } from "./submit-button.tsx";

/** A name and a mode make a key; the form is empty again afterwards. */
export function NewKeyForm({ onMade }: { onMade: (made: MadeKey) => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    setBusy(true);
    setFault("");
    const called = await callApi<MadeKey>("POST", "/api/keys", Object.fromEntries(new FormData(form)));
    setBusy(false);
    if (!called.ok) return setFault(called.message);
    form.reset();
    await onMade(called.body);
  }

  return (
    <form method="post" onSubmit={submit} className="card new-key" aria-labelledby="new-key-title">
      <h2 id="new-key-title">Make a key</h2>
      <Notice text={fault} />
      <div className="new-key-row">
        <Field
          name="name"
          label="Name"
          placeholder="e.g. Shop backend"
          required
          maxLength={80}
          autoComplete="off"
        />
        <fieldset className="modes">
          <legend>Mode</legend>
          <div className="mode-row">
            <label>
              <input type="radio" name="mode" value="test" defaultChecked />
              <span>Test</span>
            </label>
            <label>
              <input type="radio" name="mode" value="live" />
              <span>Live</span>
            </label>
          </div>
        </fieldset>
        <SubmitButton text="Make key" busyText="Making…" busy={busy} className="primary" />
      </div>
    </form>
  );
}
