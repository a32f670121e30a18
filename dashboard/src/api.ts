import type { Assessment, SeriesPoint } from '@tidemark/core';

/** What both events of `GET /api/events` carry. */
export interface Update {
  readonly assessment: Assessment;
  readonly points: readonly SeriesPoint[];
}

export type Connection =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `sinceMs` by the browser's clock: when the collector was last heard, or when the page began to try. */
  | { readonly kind: 'unreachable'; readonly sinceMs: number };

export interface Listener {
  /** All there is: what was known before belongs to an earlier connection, perhaps to an earlier collector. */
  onHello(update: Update): void;
  onTick(update: Update): void;
  onConnection(connection: Connection): void;
}

/** A collector ticks each second; after this much silence the connection is dead even if nothing closed it. */
const silenceMs = 6_000;
const retryMs = [500, 1_000, 2_000, 3_000] as const;

/** Listens for as long as the page is open, and comes back by itself whatever happens to the collector. */
export function listen(url: string, listener: Listener): void {
  let source: EventSource | undefined;
  let failures = 0;
  let heardMs = Date.now();
  let silence: ReturnType<typeof setTimeout> | undefined;

  const heard = (): void => {
    heardMs = Date.now();
    clearTimeout(silence);
    silence = setTimeout(lost, silenceMs);
  };
  const lost = (): void => {
    clearTimeout(silence);
    source?.close();
    listener.onConnection({ kind: 'unreachable', sinceMs: heardMs });
    setTimeout(connect, retryMs[Math.min(failures, retryMs.length - 1)]);
    failures += 1;
  };
  const connect = (): void => {
    const opened = new EventSource(url);
    source = opened;
    clearTimeout(silence);
    silence = setTimeout(lost, silenceMs);
    // An event that was already under way when its connection was given up says nothing any more.
    const take = (act: (update: Update) => void) => (event: MessageEvent<string>) => {
      if (opened !== source || opened.readyState === EventSource.CLOSED) return;
      heard();
      act(JSON.parse(event.data) as Update);
    };
    opened.addEventListener(
      'hello',
      take((update) => {
        failures = 0;
        listener.onHello(update);
        listener.onConnection({ kind: 'live' });
      }),
    );
    opened.addEventListener(
      'tick',
      take((update) => listener.onTick(update)),
    );
    opened.addEventListener('error', () => {
      if (opened === source && opened.readyState !== EventSource.OPEN) lost();
    });
  };

  listener.onConnection({ kind: 'connecting' });
  connect();
}
