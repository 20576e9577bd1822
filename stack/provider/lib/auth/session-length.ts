/** Seconds. A session ends a week after signing in; it is looked up on each request, so signing out is at once. */
export const SESSION_SECONDS = 7 * 24 * 3600;
