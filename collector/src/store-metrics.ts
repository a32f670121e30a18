import type { Registry } from 'prom-client';
import { register, type Shown } from './register-metric.ts';
import type { Store } from './store/store.ts';

/** How the store fares. Only where there is one. */
export function registerStore(registry: Registry, store: Store): void {
  const one = (shown: Omit<Shown, 'labels'>, value: () => number) =>
    register(registry, { ...shown, labels: [] }, () => [{ labels: [], value: value() }]);

  one(
    {
      name: 'tidemark_store_writable',
      kind: 'gauge',
      help: '1 while the store takes what comes in, 0 while it cannot be written and agents are told to keep their reports.',
    },
    () => Number(store.isWritable),
  );
  one(
    {
      name: 'tidemark_store_failures_total',
      kind: 'counter',
      help: 'Commits and snapshots that failed. The log of the collector has the reason.',
    },
    () => store.failures,
  );
  one(
    { name: 'tidemark_store_bytes', kind: 'gauge', help: 'Size of the store on the disk, as of its last clean-up.' },
    () => store.usedBytes,
  );
  one(
    { name: 'tidemark_store_snapshots_total', kind: 'counter', help: 'Snapshots that were made.' },
    () => store.snapshots,
  );
  one(
    { name: 'tidemark_store_snapshot_bytes', kind: 'gauge', help: 'Size of the last snapshot.' },
    () => store.snapshotBytes,
  );
  one(
    {
      name: 'tidemark_store_snapshot_seconds',
      kind: 'gauge',
      help: 'How long the last snapshot took, beside everything else.',
    },
    () => store.snapshotMs / 1000,
  );
}
