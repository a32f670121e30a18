/**
 * The page that AWS ClockBound's daemon keeps in shared memory: how far the system clock may be off, without its sign.
 * Layouts 1 and 2; the numbers are in the machine's own byte order, little-endian on every machine that runs it.
 */

export type ClockBoundPage =
  | {
      readonly kind: 'page';
      /** `CLOCK_MONOTONIC` of the daemon's measurement, and when its word is void. */
      readonly asOfMs: number;
      readonly voidAfterMs: number;
      readonly boundMs: number;
      readonly driftPpm: number;
      readonly status: 'synchronised' | 'free running';
    }
  | { readonly kind: 'unbounded'; readonly reason: string };

export function decodeClockBoundPage(page: Uint8Array): ClockBoundPage {
  if (page.length < 72) return unbounded('page too short');
  const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
  if (view.getUint32(0, true) !== 0x414d_5a4e || view.getUint32(4, true) !== 0x4342_0200)
    return unbounded('no ClockBound page');
  const version = view.getUint16(12, true);
  const generation = view.getUint16(14, true);
  if (version !== 1 && version !== 2) return unbounded(`ClockBound page of version ${version}`);
  if (version === 2 && page.length < 80) return unbounded('page too short');
  if (generation === 0) return unbounded('daemon has not written yet');
  // Odd while the daemon is writing: the next look will find it whole.
  if (generation % 2 === 1) return unbounded('page is being written');
  const at = version === 1 ? { drift: 56, status: 64 } : { drift: 64, status: 68 };
  const status = view.getInt32(at.status, true);
  if (status !== 1 && status !== 2) return unbounded(status === 3 ? 'clock was disrupted' : 'not synchronised');
  return {
    kind: 'page',
    asOfMs: timespecMs(view, 16),
    voidAfterMs: timespecMs(view, 32),
    boundMs: Number(view.getBigInt64(48, true)) / 1e6,
    driftPpm: view.getUint32(at.drift, true) / 1000,
    status: status === 1 ? 'synchronised' : 'free running',
  };
}

/** The half-width of the bound at a monotonic instant, aged by the larger of both drifts; undefined once it is void. */
export function clockBoundErrorMs(
  page: ClockBoundPage & { readonly kind: 'page' },
  at: { readonly monotonicMs: number; readonly driftPpm: number },
): number | undefined {
  const ageMs = at.monotonicMs - page.asOfMs;
  // The coarse clock that the daemon reads lags by up to a tick: a page from the far future is of another boot.
  if (ageMs < -1000 || at.monotonicMs > page.voidAfterMs) return undefined;
  return page.boundMs + (Math.max(0, ageMs) * Math.max(page.driftPpm, at.driftPpm)) / 1e6;
}

function timespecMs(view: DataView, at: number): number {
  return Number(view.getBigInt64(at, true)) * 1000 + Number(view.getBigInt64(at + 8, true)) / 1e6;
}

function unbounded(reason: string): ClockBoundPage {
  return { kind: 'unbounded', reason };
}
