import { existsSync, mkdtempSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bequeath } from '../process/last-will.ts';

/**
 * A process on a false clock, by libfaketime. Nothing here touches the machine's own clock.
 *
 * Traps, each of which cost somebody an afternoon. A Node process keeps its monotonic clock, else its timers run at the false
 * rate. A JVM must not keep it together with a rate: its timed waits then return at once and Kafka never opens its port. So a
 * JVM that runs fast has both clocks faked, as a fast oscillator would; one that is to be *set* keeps the monotonic clock and
 * needs libfaketime's correction of timed waits switched off. A negative offset is written `-0.75`, a positive one `+0.75`.
 */
export interface FalseClock {
  readonly env: Readonly<Record<string, string>>;
}

/** One that the test can move while the process runs. */
export interface MovableClock extends FalseClock {
  /** Ahead of true time by so much from now on. */
  set(aheadMs: number): void;
}

export interface FalseRate {
  readonly aheadMs: number;
  /** Fast by so much since the process started. */
  readonly ppm?: number;
}

/** For Node, chronyd and the like. */
export function falseClock(rate: FalseRate): FalseClock {
  return { env: { ...preloading(), ...trueMonotonic, FAKETIME: faketime(rate) } };
}

export function falseJvmClock(rate: FalseRate): FalseClock {
  return { env: { ...preloading(), FAKETIME: faketime(rate) } };
}

export function movableClock(aheadMs: number): MovableClock {
  const { file, set } = clockFile(aheadMs);
  return { env: { ...preloading(), ...trueMonotonic, ...file }, set };
}

export function movableJvmClock(aheadMs: number): MovableClock {
  const { env, set } = movableClock(aheadMs);
  return { env: { ...env, FAKETIME_FORCE_MONOTONIC_FIX: '0' }, set };
}

/** The same clock in another process that needs libraries of its own before libfaketime. */
export function alsoPreloading(clock: FalseClock, library: string): FalseClock {
  return { env: { ...clock.env, LD_PRELOAD: `${library}:${clock.env.LD_PRELOAD}` } };
}

export function faketimeLibrary(): string | undefined {
  return readdirSync('/usr/lib')
    .map((name) => `/usr/lib/${name}/faketime/libfaketime.so.1`)
    .find((path) => existsSync(path));
}

const trueMonotonic = { FAKETIME_DONT_FAKE_MONOTONIC: '1' } as const;

function preloading(): Record<string, string> {
  const library = faketimeLibrary();
  if (library === undefined) throw new Error('needs libfaketime: apt-get install faketime');
  return { LD_PRELOAD: library };
}

function faketime({ aheadMs, ppm = 0 }: FalseRate): string {
  return ppm === 0 ? seconds(aheadMs) : `${seconds(aheadMs)} x${(1 + ppm / 1e6).toFixed(9)}`;
}

function seconds(aheadMs: number): string {
  return `${aheadMs < 0 ? '' : '+'}${(aheadMs / 1000).toFixed(6)}`;
}

function clockFile(aheadMs: number): { file: Record<string, string>; set: (aheadMs: number) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-clock-'));
  bequeath({ remove: folder });
  const path = join(folder, 'offset');
  const set = (ms: number): void => {
    // Processes read it all the time and must never find it half written.
    writeFileSync(`${path}.new`, seconds(ms));
    renameSync(`${path}.new`, path);
  };
  set(aheadMs);
  return { file: { FAKETIME_TIMESTAMP_FILE: path, FAKETIME_NO_CACHE: '1' }, set };
}
