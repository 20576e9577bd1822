/** How one image is built. Paths are absolute. */
export type BuildSpec = {
  context: string;
  dockerfile: string;
  /** The Dockerfile's text where the compose file holds it (`dockerfile_inline`); `dockerfile` is then not read. */
  inline?: string;
  target?: string;
  args: Readonly<Record<string, string>>;
  /** Other named build contexts: a folder, or what BuildKit understands ("docker-image://…"). */
  contexts: Readonly<Record<string, string>>;
  /** More flags for `docker build`, from what the compose file says. */
  flags: readonly string[];
  /** Script that makes the build context `rootfs`. */
  recipe?: string;
  maxBytes?: number;
  /** Tags beside `latest` and the date, because the compose file names the image with them. */
  tags: readonly string[];
  /** Build options of the compose file that are not passed on. */
  ignored: readonly string[];
};

/** One image that is built here. */
export type ImageSource = BuildSpec & {
  /** Repository without a tag: "soloflow/gateway". */
  name: string;
  /** Services that run it; none for an image that others are built from. */
  services: readonly string[];
};

/** With the names of the other images here that it is built from. */
export type ImageSpec = ImageSource & { dependsOn: readonly string[] };
