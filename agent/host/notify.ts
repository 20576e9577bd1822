/** Words to the service manager (sd_notify(3)). */
export type Notify = {
  /**
   * "READY=1", "WATCHDOG=1", "STATUS=…", "STOPPING=1"; several with a newline between them. Nothing where nobody
   * listens (NOTIFY_SOCKET is not set); a message that cannot be delivered is lost, as systemd means it.
   */
  send(state: string): void;
};
