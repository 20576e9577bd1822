import type { Command } from "../../core/command.ts";

/** A Debian package (or what a recipe added) in an image. */
export type Package = { name: string; version: string };

/** Where recipes write down what they put into an image. */
const RECORD = "usr/share/soloflow/packages";

/**
 * Copies the records of images into `folder`, as `0/packages`, `1/packages` … in their order, through the builder: no
 * container is made. An image without a record gives none.
 */
export function readRecords(images: readonly string[], folder: string): Command {
  // A pattern in the first part makes a missing file no error.
  const pattern = RECORD.replace(/^u/, "[u]");
  const copies = images.map((image, index) => `COPY --from=${image} /${pattern} /${index}/`);
  return {
    argv: ["docker", "build", "--progress=plain", "--output", `type=local,dest=${folder}`, "-"],
    env: { DOCKER_BUILDKIT: "1", BUILDX_BUILDER: "default" },
    stdin: ["FROM scratch", ...copies, ""].join("\n"),
  };
}

/** A record: `name version` a line. */
export function parseRecord(text: string): Package[] {
  return text.split("\n").flatMap((line) => {
    const [, name, version] = /^(\S+) (\S+)$/.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [{ name, version }];
  });
}
