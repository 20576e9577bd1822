import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

const TOKENS = readFileSync(new URL("../../../stack/provider/styles/tokens.css", import.meta.url), "utf8");
const [LIGHT = "", DARK = ""] = TOKENS.split("@media (prefers-color-scheme: dark)");

/** Text on ground, as the style sheets put them together. */
const PAIRS = [
  ["ink", "paper"],
  ["ink", "surface"],
  ["ink", "sunken"],
  ["muted", "paper"],
  ["muted", "surface"],
  ["accent", "paper"],
  ["accent", "surface"],
  ["on-accent", "accent"],
  ["on-accent", "accent-strong"],
  ["danger", "surface"],
  ["danger", "sunken"],
  ["danger", "danger-wash"],
  ["surface", "danger"],
  ["surface", "danger-strong"],
  ["live", "live-wash"],
  ["test", "test-wash"],
] as const;

/** What WCAG 2.2 asks of text of ordinary size (level AA). */
const ENOUGH = 4.5;

function colour(scheme: string, name: string): string {
  const found = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(scheme)?.[1];
  if (!found) throw new Error(`there is no colour ${name}`);
  return found;
}

/** Relative luminance of #rrggbb, as WCAG defines it. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

test.each(PAIRS)("%s on %s can be read in both schemes", (text, ground) => {
  for (const scheme of [LIGHT, DARK]) {
    expect(contrast(colour(scheme, text), colour(scheme, ground))).toBeGreaterThanOrEqual(ENOUGH);
  }
});
