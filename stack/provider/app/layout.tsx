import type { Metadata, Viewport } from "next";
import type { ReactNode } from "react";
import "../styles/tokens.css";
import "../styles/base.css";
import "../styles/frames.css";
import "../styles/controls.css";
import "../styles/new-key.css";
import "../styles/key-list.css";
import "../styles/dialogs.css";

/** Each page is rendered for its request: it depends on the session, and carries a nonce of its own. */
export const dynamic = "force-dynamic";

export const metadata: Metadata = {
  title: { default: "SoloFlow", template: "%s · SoloFlow" },
  description: "Make and manage the keys of the SoloFlow API.",
  robots: { index: false },
};

export const viewport: Viewport = {
  colorScheme: "light dark",
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f6f6f3" },
    { media: "(prefers-color-scheme: dark)", color: "#101216" },
  ],
};

export default function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
