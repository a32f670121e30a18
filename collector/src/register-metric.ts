import type { Metric, Row } from '@tidemark/core';
import { Counter, Gauge, type Registry } from 'prom-client';

export type Shown = Pick<Metric, 'name' | 'kind' | 'help' | 'labels'>;

/** A metric whose rows are made when somebody asks: what is gone leaves none behind. */
export function register(registry: Registry, { name, kind, help, labels }: Shown, rows: () => readonly Row[]): void {
  const common = { name, help, labelNames: [...labels], registers: [registry] };
  if (kind === 'gauge') {
    new Gauge({
      ...common,
      collect() {
        this.reset();
        for (const row of rows()) this.set(named(labels, row), row.value);
      },
    });
  } else {
    new Counter({
      ...common,
      collect() {
        this.reset();
        for (const row of rows()) this.inc(named(labels, row), row.value);
      },
    });
  }
}

function named(labels: readonly string[], row: Row): { [label: string]: string } {
  return Object.fromEntries(labels.map((label, i) => [label, row.labels[i]!]));
}
