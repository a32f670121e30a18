import { formatCount } from '@tidemark/core';
import type { Coverage } from 'tidemark/history';

/** A line on stderr while a person is looking; returns what takes it away. */
export function showProgress(coverages: () => readonly Coverage[]): () => void {
  if (!process.stderr.isTTY) return () => {};
  const startedMs = performance.now();
  const timer = setInterval(() => {
    const all = coverages().flatMap(({ partitions }) => partitions);
    const sum = (of: (partition: (typeof all)[number]) => number): number =>
      all.reduce((total, one) => total + of(one), 0);
    const done = sum(({ nextOffset, fromOffset }) => nextOffset - fromOffset);
    const inAll = sum(({ toOffset, fromOffset }) => toOffset - fromOffset);
    const seconds = (performance.now() - startedMs) / 1_000;
    const share = inAll === 0 ? 0 : done / inAll;
    const left = done === 0 ? '' : `, ${Math.ceil((seconds * (inAll - done)) / done)} s left`;
    const bar = '█'.repeat(Math.round(share * 24)).padEnd(24, '░');
    process.stderr.write(
      `\r${bar} ${formatCount(done)} of ${formatCount(inAll)}, ${formatCount(Math.round(done / seconds))}/s${left}   `,
    );
  }, 500);
  return () => {
    clearInterval(timer);
    process.stderr.write(`\r${' '.repeat(100)}\r`);
  };
}
