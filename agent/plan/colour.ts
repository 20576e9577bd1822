/** A two-colour service has at most two containers; which one serves is a flag file that the ingress looks at. */
export const COLOURS = ["blue", "green"] as const;

export type Colour = (typeof COLOURS)[number];

export function otherColour(colour: Colour): Colour {
  return colour === "blue" ? "green" : "blue";
}

/** Name of the Compose service that one colour is in the agent's own model. */
export function colourInstance(service: string, colour: Colour): string {
  return `${service}-${colour}`;
}

/** The flag file: the ingress sends requests to green while "SERVICE.green" is there, else to blue. */
export function flagFile(service: string, colour: Colour): string {
  return `${service}.${colour}`;
}

/**
 * While "SERVICE.alone" is there, the ingress asks nobody but the colour that serves: the standby is about to stop, or
 * has just begun to start. Without it a standby answers whenever the other one does not.
 */
export function aloneFile(service: string): string {
  return `${service}.alone`;
}
