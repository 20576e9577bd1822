import type { Config } from "../config.ts";
import type { Finding } from "./finding.ts";

/** Two builds must not give the same image its name: the later one would silently win. */
export function imageFindings(config: Config): Finding[] {
  const owners = new Map<string, { context: string; where: string }>();
  const found: Finding[] = [];
  for (const build of builds(config)) {
    const owner = owners.get(build.image);
    if (owner === undefined) owners.set(build.image, { context: build.context, where: build.path.join(".") });
    else if (owner.context !== build.context) {
      found.push({
        path: build.path,
        severity: "error",
        message: `the image ${build.image} is built from ${owner.context} already (${owner.where})`,
        hint: "give each build a name of its own",
      });
    }
  }
  return found;
}

function builds(config: Config): { path: string[]; image: string; context: string }[] {
  const images = Object.entries(config.image).map(([name, build]) => ({
    path: ["image", name, "image"],
    image: build.image,
    context: trimmed(build.context),
  }));
  const services = Object.entries(config.service).flatMap(([name, { build }]) =>
    build?.image === undefined
      ? []
      : [{ path: ["service", name, "build", "image"], image: build.image, context: identity(build) }],
  );
  return [...images, ...services];
}

/** One context may give several images, by stage or Dockerfile. */
function identity(build: { context: string; dockerfile?: string | undefined; target?: string | undefined }) {
  const parts = [trimmed(build.context), build.dockerfile, build.target];
  return parts.filter((part) => part !== undefined).join(", ");
}

function trimmed(path: string): string {
  return path.replace(/^\.\//, "").replace(/\/+$/, "");
}
