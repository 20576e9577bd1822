"use client";

import { type FormEvent, useState } from "react";
import { callApi } from "./call-api.ts";
import { Field } from "./field.tsx";
import { Notice } from "./notice.tsx";
import { SubmitButton } from "./submit-button.tsx";

const KINDS = {
  "sign-in": { path: "/api/auth/sign-in/email", action: "Sign in", busy: "Signing in…" },
  "sign-up": { path: "/api/auth/sign-up/email", action: "Create account", busy: "Creating account…" },
} as const;

/** E-mail and password, and a name for a new account. Goes on to the keys when it worked. */
export function AuthForm({ kind }: { kind: keyof typeof KINDS }) {
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState("");
  const { path, action, busy: busyText } = KINDS[kind];
  const isNew = kind === "sign-up";

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    setFault("");
    const called = await callApi("POST", path, fields);
    // A whole page load and no client-side navigation: what comes next is rendered by whichever version serves then.
    if (called.ok) return window.location.assign("/keys");
    setBusy(false);
    setFault(called.message);
  }

  return (
    <form method="post" onSubmit={submit} className="stack">
      <Notice text={fault} />
      {isNew && <Field name="name" label="Name" autoComplete="name" required maxLength={100} autoFocus />}
      <Field name="email" label="E-mail" type="email" autoComplete="email" required autoFocus={!isNew} />
      <Field
        name="password"
        label="Password"
        type="password"
        autoComplete={isNew ? "new-password" : "current-password"}
        required
        minLength={isNew ? 8 : 1}
        maxLength={128}
        {...(isNew && { hint: "At least 8 characters. A few unrelated words are best." })}
      />
      <SubmitButton text={action} busyText={busyText} busy={busy} className="primary wide" />
    </form>
  );
}
