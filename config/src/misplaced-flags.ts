import type { Fault } from './faults.ts';

const fields = ['time', 'topic', 'partition', 'offset', 'key', 'source', 'append', 'fetched', 'processed'];
const ofFiles = ['format', 'time-unit', 'delimiter', ...fields.map((field) => `${field}-field`)];
const ofKafka = ['brokers', 'from', 'to', 'event-time', 'tls', 'sasl', 'username', 'isolation'];
/** A policy beside a capture has a reason of its own to be refused. */
const ofCaptures = ['capture', 'json', 'window', 'policies'];

/** What would be passed over in silence is refused: who asks for the last two hours of a file would get all of it. */
export function refuseMisplaced(
  kind: 'file' | 'capture' | 'kafka',
  given: { readonly [flag: string]: string },
  faults: Fault[],
): void {
  for (const [flag, got] of Object.entries(given)) {
    const expected = reasonAgainst(flag, kind);
    if (expected !== undefined) faults.push({ where: `--${flag}`, got, expected });
  }
}

function reasonAgainst(flag: string, kind: 'file' | 'capture' | 'kafka'): string | undefined {
  if (ofFiles.includes(flag)) return kind === 'file' ? undefined : 'it beside --file only';
  if (ofKafka.includes(flag)) return kind === 'kafka' ? undefined : 'it beside --topic only';
  if (kind !== 'capture' || ofCaptures.includes(flag)) return undefined;
  return 'only --json beside --capture: its verdicts are those of a collector, and nothing is judged anew';
}
