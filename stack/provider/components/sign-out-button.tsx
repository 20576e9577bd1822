"use client";

import { useState } from "react";
import { callApi } from "./call-api.ts";

export function SignOutButton() {
  const [fault, setFault] = useState("");

  async function signOut() {
    const called = await callApi("POST", "/api/auth/sign-out", {});
    if (called.ok) window.location.assign("/sign-in");
    else setFault(called.message);
  }

  return (
    <>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
      <span role="alert" className="fault">
        {fault}
      </span>
    </>
  );
}
