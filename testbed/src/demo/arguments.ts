import { parseArgs } from 'node:util';
import { PlainFailure } from '../plain-failure.ts';
import { type Variant, variants } from './plan.ts';

export interface Arguments {
  readonly help: boolean;
  /** One story without a person, judged; else stories until Ctrl-C. */
  readonly check: boolean;
  readonly seed: number | undefined;
  readonly variant: Variant | undefined;
  readonly anonymous: boolean;
}

export const usage: string = `npm run demo                     stories on a real broker, told here and on a page, until Ctrl-C
npm run demo -- --check          one story, judged: the last line is one JSON object, exit 0 only if Tidemark was right

  --variant ${variants.join('|')}   which story (with --check: cut; else where to begin)
  --seed N                           partitions, rates, start and length of the cut
  --anonymous                        producers do not say their names

TIDEMARK_PRODUCERS=true in the environment: the producers have an agent too, and the cut is proved while it lasts`;

/** Every fault in the arguments is one line that says what was expected. */
export function readArguments(args: readonly string[]): Arguments {
  const { seed, variant, ...flags } = parse(args);
  return { ...flags, seed: readSeed(seed), variant: readVariant(variant) };
}

function parse(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        check: { type: 'boolean', default: false },
        seed: { type: 'string' },
        variant: { type: 'string' },
        anonymous: { type: 'boolean', default: false },
      },
    });
    return values;
  } catch (error) {
    const [reason] = (error as Error).message.split('. ');
    throw new PlainFailure(
      `demo: ${reason}. It takes --check, --variant ${variants.join('|')}, --seed N, --anonymous, --help.`,
    );
  }
}

function readSeed(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const seed = Number(given);
  if (/^\d+$/.test(given) && Number.isSafeInteger(seed)) return seed;
  throw new PlainFailure(`demo: --seed: got "${given}"; expected a whole number from 0.`);
}

function readVariant(given: string | undefined): Variant | undefined {
  if (given === undefined) return undefined;
  const known = variants.find((variant) => variant === given);
  if (known) return known;
  throw new PlainFailure(`demo: --variant: got "${given}"; expected ${variants.join(', ')}.`);
}
