import { BootstrappingChooser } from './bootstrapping-chooser.ts';
import { BatchingChooser, type Chooser, RoundRobinChooser, TieredPriorityChooser } from './chooser.ts';

export interface InputStream {
  readonly stream: string;
  readonly partitions: number;
  readonly bootstrap: boolean;
  /** Undefined: bootstrap streams come first, others have priority 0. */
  readonly priority: number | undefined;
  /** Offsets per partition, for bootstrap streams. */
  readonly start: readonly (number | undefined)[];
  readonly newest: readonly (number | undefined)[];
}

/** What `DefaultChooser` builds from the configuration: bootstrapping around batching around priorities. */
export function defaultChooser(streams: readonly InputStream[], batchSize: number | undefined): Chooser {
  const bootstrap = streams.filter((stream) => stream.bootstrap);
  const priorities = new Map(streams.map((stream) => [stream.stream, priorityOf(stream)]));
  const isPrioritized = bootstrap.length > 0 || streams.some(({ priority }) => priority !== undefined);
  const ordered = isPrioritized
    ? new TieredPriorityChooser(priorities.values(), (stream) => priorities.get(stream)!)
    : new RoundRobinChooser();
  const batched = batchSize === undefined ? ordered : new BatchingChooser(ordered, batchSize);
  if (bootstrap.length === 0) return batched;
  const partitions = bootstrap.flatMap(({ stream, partitions, start, newest }) =>
    Array.from({ length: partitions }, (_, partition) => ({
      stream,
      partition,
      start: start[partition],
      newest: newest[partition],
    })),
  );
  return new BootstrappingChooser(batched, partitions);
}

function priorityOf({ priority, bootstrap }: InputStream): number {
  return priority ?? (bootstrap ? 2 ** 31 - 1 : 0);
}
