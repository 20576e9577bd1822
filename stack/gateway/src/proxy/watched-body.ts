export type Watcher = {
  /** The next bytes were asked for. */
  readonly onWait?: () => void;
  /** They came. */
  readonly onBytes?: (count: number) => void;
  /** There will be no more, for whatever reason. */
  readonly onEnd?: () => void;
};

/** The same bytes, read only as fast as they are wanted, with somebody looking on. */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  watcher: Watcher,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      async pull(controller) {
        watcher.onWait?.();
        try {
          const { done, value } = await reader.read();
          if (!done) {
            watcher.onBytes?.(value.byteLength);
            controller.enqueue(value as Uint8Array<ArrayBuffer>);
            return;
          }
          controller.close();
        } catch {
          controller.error(new DOMException("the stream was cut", "AbortError"));
          reader.cancel().catch(() => undefined);
        }
        watcher.onEnd?.();
      },
      async cancel(reason) {
        watcher.onEnd?.();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
