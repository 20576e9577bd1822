import type { Zone } from "../plan/rotate/window.ts";

/** This machine's. */
export const localZone: Zone = (at) => -new Date(at).getTimezoneOffset();
