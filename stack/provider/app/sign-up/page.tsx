import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AuthForm } from "../../components/auth-form.tsx";
import { AuthPage } from "../../components/auth-page.tsx";
import { SocialButtons } from "../../components/social-buttons.tsx";
import { currentUser } from "../../lib/auth/session.ts";
import { socialProviders } from "../../lib/auth/social-providers.ts";

export const metadata: Metadata = { title: "Create an account" };

export default async function SignUp() {
  if (await currentUser(await headers())) redirect("/keys");
  const other = (
    <>
      Have an account? <a href="/sign-in">Sign in</a>
    </>
  );
  return (
    <AuthPage title="Create an account" lead="Your first key is a minute away." other={other}>
      <AuthForm kind="sign-up" />
      <SocialButtons providers={socialProviders()} />
    </AuthPage>
  );
}
