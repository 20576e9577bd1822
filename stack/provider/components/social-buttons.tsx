"use client";

import { useState } from "react";
import type { SocialProvider } from "../lib/config/provider-config.ts";
import { callApi } from "./call-api.ts";
import { Notice } from "./notice.tsx";

const NAMES: Record<SocialProvider, string> = { google: "Google", github: "GitHub" };

/** One button for each provider that is configured; nothing when there is none. */
export function SocialButtons({ providers }: { providers: SocialProvider[] }) {
  const [fault, setFault] = useState("");

  async function go(provider: SocialProvider) {
    const wanted = { provider, callbackURL: "/keys", errorCallbackURL: "/sign-in" };
    const called = await callApi<{ url: string }>("POST", "/api/auth/sign-in/social", wanted);
    if (called.ok) window.location.assign(called.body.url);
    else setFault(called.message);
  }

  if (providers.length === 0) return null;
  return (
    <div className="stack">
      <p className="or">or</p>
      <Notice text={fault} />
      {providers.map((provider) => (
        <button key={provider} type="button" className="wide" onClick={() => go(provider)}>
          Continue with {NAMES[provider]}
        </button>
      ))}
    </div>
  );
}
