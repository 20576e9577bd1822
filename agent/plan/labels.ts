/** Labels that the agent puts on what it makes, and Compose's own that it reads. */
export const LABEL = {
  /** sha256 of the service's resolved specification, the same for both colours. */
  spec: "dev.soloflow.spec",
  /** The Compose service behind a colour. */
  service: "dev.soloflow.service",
  colour: "dev.soloflow.colour",
  /** "NAME=fingerprint …": which values of its secrets the container was started with. */
  secrets: "dev.soloflow.secrets",
  /** On images: hash of everything that went into the build, and for which project it was made. */
  inputs: "dev.soloflow.inputs",
  project: "dev.soloflow.project",
  /** On images: "NAME=sha256:… …", the images built here that it was built from. */
  bases: "dev.soloflow.bases",
  composeProject: "com.docker.compose.project",
  composeService: "com.docker.compose.service",
  composeOneOff: "com.docker.compose.oneoff",
} as const;
