/** A simulated cluster as its file says it: `clocks/README.md` has the format. Times in milliseconds after `t0Ms`. */
export interface Scenario<Expect> {
  readonly kind: string;
  readonly config: { readonly cellMs: number; readonly quantumMs: number; readonly phiPpm: number };
  readonly hosts: readonly { readonly id: string; readonly role: string; readonly agent: boolean }[];
  readonly streams: readonly {
    readonly id: string;
    readonly producer: string;
    readonly broker: string;
    readonly consumer: string;
  }[];
  readonly records: Columns;
  readonly ntp: readonly {
    readonly host: string;
    readonly at: number;
    readonly epoch: number;
    readonly offsetMs: number;
    readonly delayMs: number;
    readonly rootMs: number;
  }[];
  readonly expect: Expect;
}

interface Columns {
  readonly s: readonly number[];
  readonly e: readonly number[];
  readonly b: readonly (number | null)[];
  readonly cAfter: readonly number[];
  readonly pAfter: readonly number[];
  readonly first?: readonly number[];
  readonly epochs?: readonly (readonly [e: number, b: number, c: number])[];
}

/** One record, put together from its columns. */
export interface ScenarioRecord {
  readonly stream: string;
  readonly producer: string;
  readonly broker: string;
  readonly consumer: string;
  readonly e: number;
  readonly b: number | undefined;
  readonly c: number;
  readonly first: boolean;
  readonly epochs: readonly [e: number, b: number, c: number];
}

export function recordsOf(scenario: Scenario<unknown>): ScenarioRecord[] {
  const { s, e, b, cAfter, first, epochs } = scenario.records;
  return s.map((index, i) => {
    const stream = scenario.streams[index]!;
    const appended = b[i] ?? undefined;
    return {
      stream: stream.id,
      producer: stream.producer,
      broker: stream.broker,
      consumer: stream.consumer,
      e: e[i]!,
      b: appended,
      c: (appended ?? e[i]!) + cAfter[i]!,
      first: first === undefined || first[i] === 1,
      epochs: epochs?.[i] ?? [0, 0, 0],
    };
  });
}
