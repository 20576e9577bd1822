import type { Metadata } from "next";
import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { AuthForm } from "../../components/auth-form.tsx";
import { AuthPage } from "../../components/auth-page.tsx";
import { SocialButtons } from "../../components/social-buttons.tsx";
import { currentUser } from "../../lib/auth/session.ts";
import { socialProviders } from "../../lib/auth/social-providers.ts";

export const metadata: Metadata = { title: "Sign in" };

export default async function SignIn() {
  if (await currentUser(await headers())) redirect("/keys");
  const other = (
    <>
      New here? <a href="/sign-up">Create an account</a>
    </>
  );
  return (
    <AuthPage title="Sign in" lead="Manage the keys of your API." other={other}>
      <AuthForm kind="sign-in" />
      <SocialButtons providers={socialProviders()} />
    </AuthPage>
  );
}
