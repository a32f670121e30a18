import type { Policy } from '@tidemark/core';
import { z } from 'zod';
import { collectorUrl } from './collector-url.ts';
import { described, type SettingDescription } from './described.ts';
import { durationExpected, formatDurationMs, parseDurationMs } from './duration.ts';
import { type Environment, misspeltVariables, setVariables } from './environment.ts';
import type { Checked, Fault } from './faults.ts';
import { text } from './parsed-text.ts';

/** What names the source of a record; a record that it does not name falls back to its producer id. */
export type SourceSetting =
  | { readonly kind: 'producer' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'keyPrefix'; readonly separator: string };

/** Where this consumer takes its event time from. */
export type EventTimeSetting =
  | { readonly kind: 'timestamp' }
  | { readonly kind: 'header'; readonly name: string }
  | { readonly kind: 'json'; readonly path: readonly string[] };

/** Where chronyd is asked: at its monitoring port, or at its Unix socket by `chronyc`. */
export type ChronyAddress =
  | { readonly kind: 'port'; readonly host: string; readonly port: number }
  | { readonly kind: 'socket'; readonly path: string };

export interface AgentSettings {
  readonly enabled: boolean;
  readonly collectorUrl: string;
  readonly policies: readonly Policy[];
  readonly source: SourceSetting;
  readonly eventTime: EventTimeSetting;
  /** Whether what becomes of the records of this process's own producers is reported too. */
  readonly producers: boolean;
  /** Asked by SNTP; none unless the user names some: an agent does not talk to strangers on its own. */
  readonly ntpServers: readonly string[];
  readonly ntpIntervalMs: number;
  /** Undefined: not asked. */
  readonly chrony: ChronyAddress | undefined;
  readonly reportIntervalMs: number;
  readonly cluster: string | undefined;
  /** Whose clock this process reads, where the operating system's own name for it would mislead. */
  readonly host: string | undefined;
  readonly maxQueuedReports: number;
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'on', 'yes'].map((word): [string, boolean] => [word, true]),
  ...['false', '0', 'off', 'no'].map((word): [string, boolean] => [word, false]),
]);

const maxNtpServers = 16;

const name = text('a name of at most 256 characters', (given) => (given.length <= 256 ? given : undefined));

/** One row a variable: the schema is also what `docs/attach.md` is tested against, and `docs/configuration.md` is made from. */
const schema = z.object({
  TIDEMARK_ENABLED: text('true or false', (given) => truths.get(given.toLowerCase())).prefault('true'),
  TIDEMARK_COLLECTOR_URL: collectorUrl,
  TIDEMARK_WINDOW: text('a window such as tumbling:5s', parseWindow).optional(),
  TIDEMARK_GRACE: text(durationExpected, parseDurationMs).optional(),
  TIDEMARK_SOURCE: text('header:NAME or key-prefix:SEPARATOR', parseSource).default({ kind: 'producer' }),
  TIDEMARK_EVENT_TIME: text('timestamp, header:NAME or json:path.to.field', parseEventTime).prefault('timestamp'),
  TIDEMARK_PRODUCERS: text('true or false', (given) => truths.get(given.toLowerCase())).prefault('false'),
  TIDEMARK_NTP_SERVERS: text(
    `at most ${maxNtpServers} hosts such as time.example.org,10.0.0.1:123`,
    parseServers,
  ).default([]),
  TIDEMARK_NTP_INTERVAL: text('a duration from 4s to 17m such as 64s', (given) =>
    within(parseDurationMs(given), [4_000, 1_024_000]),
  ).prefault('64s'),
  TIDEMARK_CHRONY: text('an address such as 127.0.0.1:323, the path of a socket, or off', parseChrony).prefault(
    '127.0.0.1:323',
  ),
  TIDEMARK_REPORT_INTERVAL: text('a duration from 100ms to 1m such as 1s', (given) =>
    within(parseDurationMs(given), [100, 60_000]),
  ).prefault('1s'),
  TIDEMARK_CLUSTER: name.optional(),
  TIDEMARK_HOST: name.optional(),
  TIDEMARK_MAX_QUEUED_REPORTS: text('a whole number from 1 to 10000', (given) =>
    within(parseWhole(given), [1, 10_000]),
  ).prefault('64'),
});

export const agentVariables: readonly string[] = Object.keys(schema.shape);
export const agentReference: readonly SettingDescription[] = described(schema);

export function readAgentSettings(environment: Environment): Checked<AgentSettings> {
  const given = setVariables(environment);
  const read = schema.safeParse(given);
  const faults: Fault[] = misspeltVariables(given, agentVariables);
  for (const issue of read.error?.issues ?? []) {
    const where = String(issue.path[0]);
    faults.push({ where, got: given[where], expected: issue.message });
  }
  if (given.TIDEMARK_GRACE !== undefined && given.TIDEMARK_WINDOW === undefined) {
    faults.push({
      where: 'TIDEMARK_WINDOW',
      got: undefined,
      expected: 'a window such as tumbling:5s beside TIDEMARK_GRACE',
    });
  }
  if (!read.success || faults.length > 0) return { ok: false, faults };
  const { data } = read;
  return {
    ok: true,
    value: {
      enabled: data.TIDEMARK_ENABLED,
      collectorUrl: data.TIDEMARK_COLLECTOR_URL,
      policies:
        data.TIDEMARK_WINDOW === undefined
          ? []
          : [tumblingPolicy({ sizeMs: data.TIDEMARK_WINDOW, graceMs: data.TIDEMARK_GRACE ?? 0 })],
      source: data.TIDEMARK_SOURCE,
      eventTime: data.TIDEMARK_EVENT_TIME,
      producers: data.TIDEMARK_PRODUCERS,
      ntpServers: data.TIDEMARK_NTP_SERVERS,
      ntpIntervalMs: data.TIDEMARK_NTP_INTERVAL,
      chrony: data.TIDEMARK_CHRONY.kind === 'off' ? undefined : data.TIDEMARK_CHRONY,
      reportIntervalMs: data.TIDEMARK_REPORT_INTERVAL,
      cluster: data.TIDEMARK_CLUSTER,
      host: data.TIDEMARK_HOST,
      maxQueuedReports: data.TIDEMARK_MAX_QUEUED_REPORTS,
    },
  };
}

/** Named by what it does, so that two agents with the same policy are shown as one: `tumbling 5s grace 2s`. */
export function tumblingPolicy(policy: { readonly sizeMs: number; readonly graceMs: number }): Policy {
  return {
    id: `tumbling ${formatDurationMs(policy.sizeMs)} grace ${formatDurationMs(policy.graceMs)}`,
    window: { kind: 'tumbling', sizeMs: policy.sizeMs },
    graceMs: policy.graceMs,
  };
}

function parseWindow(given: string): number | undefined {
  const [kind, size, ...rest] = given.split(':');
  if (kind !== 'tumbling' || size === undefined || rest.length > 0) return undefined;
  const sizeMs = parseDurationMs(size);
  return sizeMs !== undefined && sizeMs > 0 ? sizeMs : undefined;
}

function parseSource(given: string): SourceSetting | undefined {
  const header = afterPrefix(given, 'header:');
  if (header !== undefined) return { kind: 'header', name: header };
  const separator = afterPrefix(given, 'key-prefix:');
  if (separator !== undefined) return { kind: 'keyPrefix', separator };
  return undefined;
}

function parseEventTime(given: string): EventTimeSetting | undefined {
  if (given === 'timestamp') return { kind: 'timestamp' };
  const header = afterPrefix(given, 'header:');
  if (header !== undefined) return { kind: 'header', name: header };
  const path = afterPrefix(given, 'json:')?.split('.');
  if (path !== undefined && !path.includes('')) return { kind: 'json', path };
  return undefined;
}

function afterPrefix(given: string, prefix: string): string | undefined {
  return given.startsWith(prefix) && given.length > prefix.length ? given.slice(prefix.length) : undefined;
}

function parseServers(given: string): string[] | undefined {
  const servers = given.split(',').map((server) => server.trim());
  const isFew = servers.length <= maxNtpServers;
  return isFew && servers.every((server) => /^[^\s,]{1,200}$/.test(server)) ? servers : undefined;
}

function parseChrony(given: string): ChronyAddress | { readonly kind: 'off' } | undefined {
  if (given === 'off') return { kind: 'off' };
  if (given.startsWith('/')) return { kind: 'socket', path: given };
  const found = /^(\[[0-9a-fA-F:]+\]|[^\s:]+):(\d+)$/.exec(given);
  const port = within(Number(found?.[2]), [1, 65_535]);
  if (found === null || port === undefined) return undefined;
  return { kind: 'port', host: found[1]!.replace(/^\[|\]$/g, ''), port };
}

function parseWhole(given: string): number | undefined {
  return /^\d+$/.test(given) ? Number(given) : undefined;
}

function within(value: number | undefined, [lowest, highest]: readonly [number, number]): number | undefined {
  return value !== undefined && value >= lowest && value <= highest ? value : undefined;
}
