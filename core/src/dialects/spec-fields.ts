import { SpecFaults } from './fault.ts';

const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const durationExpected = 'a duration such as 5s or 1500ms';

/**
 * One level of a spec that a user wrote. Reading goes on after a fault, so that all of them are named at once; what is
 * read then is only a stand-in, and nobody uses it.
 */
export class SpecFields {
  readonly #fields: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #faults: SpecFaults;
  readonly #known = new Set<string>();

  constructor(value: unknown, path: string, faults: SpecFaults) {
    const isFields = typeof value === 'object' && value !== null && !Array.isArray(value);
    faults.unless(isFields, path === '' ? '(policy)' : path, value, 'named fields');
    this.#fields = isFields ? (value as Record<string, unknown>) : {};
    this.#path = path;
    // Without the fields it is enough to say so once.
    this.#faults = isFields ? faults : new SpecFaults();
  }

  pathOf(name: string): string {
    return this.#path === '' ? name : `${this.#path}.${name}`;
  }

  durationMs(name: string): number {
    const ms = this.optionalDurationMs(name);
    this.#faults.unless(ms !== undefined, this.pathOf(name), undefined, durationExpected);
    return ms ?? 0;
  }

  optionalDurationMs(name: string): number | undefined {
    const value = this.#read(name);
    if (value === undefined) return undefined;
    const ms = typeof value === 'string' ? parseMs(value) : undefined;
    this.#faults.unless(ms !== undefined, this.pathOf(name), value, durationExpected);
    return ms ?? 0;
  }

  /** Undefined: what stands there is none of them, and has been named. */
  choice<T extends string>(name: string, choices: readonly T[], byDefault?: T): T | undefined {
    const value = this.#read(name) ?? byDefault;
    const isOne = choices.includes(value as T);
    this.#faults.unless(isOne, this.pathOf(name), value, `one of ${choices.join(', ')}`);
    return isOne ? (value as T) : undefined;
  }

  fields(name: string): SpecFields {
    return new SpecFields(this.#read(name), this.pathOf(name), this.#faults);
  }

  /** A field that nobody has read is a misspelt one: it would silently change the meaning of the rest. */
  end(): void {
    for (const name of Object.keys(this.#fields)) {
      const expected = `no such field here; known are ${[...this.#known].join(', ')}`;
      this.#faults.unless(this.#known.has(name), this.pathOf(name), this.#fields[name], expected);
    }
  }

  #read(name: string): unknown {
    this.#known.add(name);
    return Object.hasOwn(this.#fields, name) ? this.#fields[name] : undefined;
  }
}

/** A number without a unit is refused: nobody can tell which one was meant. A sign is read, for the engines to judge. */
function parseMs(text: string): number | undefined {
  const found = /^(-?\d+(?:\.\d+)?)(ms|s|min|m|h|d)$/.exec(text.trim());
  const ms = found === null ? Number.NaN : Number(found[1]) * unitMs[found[2]!]!;
  return Number.isSafeInteger(ms) ? ms : undefined;
}
