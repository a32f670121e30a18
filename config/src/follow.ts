import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type AgentSettings, agentVariables, readAgentSettings } from './agent.ts';
import { described, type SettingDescription } from './described.ts';
import { parseDurationMs } from './duration.ts';
import { type Environment, misspeltVariables, setVariables } from './environment.ts';
import type { Checked, Fault } from './faults.ts';
import { brokersExpected, parseAddresses, parseTopics, topicsExpected } from './kafka-names.ts';
import { text } from './parsed-text.ts';

/** What shares one stream time in a group that is only seen from outside; `auto`: as the group's own protocol says. */
export const taskSplits = ['auto', 'partition', 'member', 'group'] as const;
export type TaskSplit = (typeof taskSplits)[number];

export const saslMechanisms = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export interface FollowSettings {
  readonly agent: AgentSettings;
  readonly group: string;
  readonly brokers: readonly string[];
  /** Undefined: all that the group has committed offsets for or is assigned. */
  readonly topics: readonly string[] | undefined;
  readonly tasks: TaskSplit;
  readonly commitPollMs: number;
  readonly readCommitted: boolean;
  readonly tls: boolean;
  readonly sasl: Sasl | undefined;
}

export interface Sasl {
  readonly mechanism: (typeof saslMechanisms)[number];
  readonly username: string;
  readonly password: string;
}

const oneOf = <T extends string>(words: readonly T[]): z.ZodType<T, string> =>
  text(`one of ${words.join(', ')}`, (given) => words.find((word) => word === given.toLowerCase()));

/** One row a variable: the schema is also what `docs/sidecar.md` is tested against. */
const schema = z.object({
  TIDEMARK_GROUP: z.string().describe('the consumer group to follow; needed').default(''),
  TIDEMARK_BROKERS: text(brokersExpected, parseAddresses).default([]),
  TIDEMARK_TOPICS: text(topicsExpected, parseTopics).optional(),
  TIDEMARK_TASKS: oneOf(taskSplits).prefault('auto'),
  TIDEMARK_COMMIT_POLL: text('a duration from 50ms to 1m such as 250ms', (given) => {
    const durationMs = parseDurationMs(given);
    return durationMs !== undefined && durationMs >= 50 && durationMs <= 60_000 ? durationMs : undefined;
  }).prefault('250ms'),
  TIDEMARK_ISOLATION: oneOf(['read_uncommitted', 'read_committed']).prefault('read_uncommitted'),
  TIDEMARK_TLS: oneOf(['on', 'off']).prefault('off'),
  TIDEMARK_SASL: oneOf(saslMechanisms).optional(),
  TIDEMARK_USERNAME: z.string().describe('a name beside TIDEMARK_SASL').optional(),
  TIDEMARK_PASSWORD: z.string().describe('a password beside TIDEMARK_SASL').optional(),
});

/** The sidecar's own; it also understands all of `agentVariables`. */
export const followVariables: readonly string[] = Object.keys(schema.shape);
export const followReference: readonly SettingDescription[] = described(schema);
const variables = [...followVariables, ...agentVariables];
/** A password on a command line can be read by everybody on the machine. */
const flagNames = variables.filter((name) => name !== 'TIDEMARK_PASSWORD').map(flagOf);
export const followFlags: readonly string[] = flagNames.map((name) => `--${name}`);

/** Each variable is a flag too: `TIDEMARK_WINDOW` is `--window`. Flags win; a fault is named where the user wrote the value. */
export function readFollowSettings(environment: Environment, flags: readonly string[] = []): Checked<FollowSettings> {
  const given = setVariables(environment);
  const faults: Fault[] = misspeltVariables(given, variables);
  const flagged = flagsOf(flags, faults);
  Object.assign(given, flagged);
  const pick = (names: readonly string[]): Environment => Object.fromEntries(names.map((name) => [name, given[name]]));
  const agent = readAgentSettings(pick(agentVariables));
  if (!agent.ok) faults.push(...agent.faults);
  const read = schema.safeParse(pick(followVariables));
  for (const { path, message } of read.error?.issues ?? []) {
    const where = String(path[0]);
    faults.push({ where, got: given[where], expected: message });
  }
  faults.push(...missing(given));
  if (!agent.ok || !read.success || faults.length > 0) {
    return { ok: false, faults: faults.map((fault) => (fault.where in flagged ? named(fault) : fault)) };
  }
  const { data } = read;
  return {
    ok: true,
    value: {
      agent: agent.value,
      group: data.TIDEMARK_GROUP,
      brokers: data.TIDEMARK_BROKERS,
      topics: data.TIDEMARK_TOPICS,
      tasks: data.TIDEMARK_TASKS,
      commitPollMs: data.TIDEMARK_COMMIT_POLL,
      readCommitted: data.TIDEMARK_ISOLATION === 'read_committed',
      tls: data.TIDEMARK_TLS === 'on',
      sasl:
        data.TIDEMARK_SASL === undefined
          ? undefined
          : {
              mechanism: data.TIDEMARK_SASL,
              username: data.TIDEMARK_USERNAME ?? '',
              password: data.TIDEMARK_PASSWORD ?? '',
            },
    },
  };
}

/** What must be there always, or beside something else that is. */
function missing(given: Environment): Fault[] {
  const credentials = ['TIDEMARK_SASL', 'TIDEMARK_USERNAME', 'TIDEMARK_PASSWORD'].some((name) => name in given);
  const needed: { readonly [name: string]: string } = {
    TIDEMARK_GROUP: 'the consumer group to follow',
    TIDEMARK_BROKERS: brokersExpected,
    ...(credentials && {
      TIDEMARK_SASL: `one of ${saslMechanisms.join(', ')}`,
      TIDEMARK_USERNAME: 'a name beside TIDEMARK_SASL',
      TIDEMARK_PASSWORD: 'a password beside TIDEMARK_SASL',
    }),
  };
  return Object.entries(needed).flatMap(([where, expected]) =>
    given[where] === undefined ? [{ where, got: undefined, expected }] : [],
  );
}

function flagsOf(flags: readonly string[], faults: Fault[]): { readonly [variable: string]: string } {
  const { tokens } = parseArgs({
    args: [...flags],
    options: Object.fromEntries([...flagNames, 'password'].map((name) => [name, { type: 'string' as const }])),
    // Not strict: it would throw at the first fault, and all of them are to be named.
    strict: false,
    tokens: true,
  });
  const found: { [variable: string]: string } = {};
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      faults.push({ where: 'arguments', got: token.value, expected: 'only flags, as in --group NAME' });
    } else if (token.name === 'password') {
      faults.push({ where: '--password', got: '…', expected: 'TIDEMARK_PASSWORD, which other users cannot read' });
    } else if (!flagNames.includes(token.name)) {
      faults.push({ where: token.rawName, got: token.value, expected: `one of ${followFlags.join(', ')}` });
    } else if (token.value === undefined || token.value.trim() === '') {
      faults.push({ where: token.rawName, got: undefined, expected: `a value, as in --${token.name} VALUE` });
    } else found[variableOf(token.name)] = token.value.trim();
  }
  return found;
}

function named(fault: Fault): Fault {
  return { ...fault, where: `--${flagOf(fault.where)}` };
}

/** `commit-poll` of `TIDEMARK_COMMIT_POLL`; a name that is a flag's already stays. */
export function flagOf(variable: string): string {
  return variable
    .replace(/^TIDEMARK_/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

function variableOf(flag: string): string {
  return `TIDEMARK_${flag.toUpperCase().replaceAll('-', '_')}`;
}
