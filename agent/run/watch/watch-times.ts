/** How long a probe is waited for where soloflow.toml does not say. */
export const TIMEOUT_MS = 1_000;

/** Every five minutes, of reconciles 10 s apart (it takes 50 ms of CPU): what an incident or somebody's question has loaded goes again. */
export const TRIM_ROUNDS = 30;

/** A restart under way may end in this time; else it is left to the next watchdog, which has its intent. */
export const PARTING_MS = 1_000;
