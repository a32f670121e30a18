import { costOf, type Incident, type IncidentKind, spanLabel, verdictClass } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf } from '../test/story.ts';
import { headlineOf } from './headline.ts';
import { incidentView } from './incident-view.ts';

const nowMs = 1_772_366_400_000;
const base = assessmentOf({ nowMs, quiet: true, cut: { sinceS: 100, forS: 30 } });
const [cut] = base.incidents as [Incident];
const culprit = cut.culprit!;

/** One of each kind that the contract knows, with the evidence that belongs to it. */
const kinds: {
  readonly [K in IncidentKind]: Pick<Incident, 'evidence'> & { label: string; news: string; row: RegExp };
} = {
  producerCutOff: {
    evidence: cut.evidence,
    label: 'B cut off for 29 s',
    news: '1 producer was cut off',
    row: /^Silence at the broker: 30 s/,
  },
  brokerOutage: {
    evidence: cut.evidence,
    label: 'Broker outage for 29 s',
    news: 'The broker took nothing for a while',
    row: /^Silence at the broker: 30 s/,
  },
  clockAhead: {
    evidence: { source: cut.source, aheadMs: { lowMs: 5_000, highMs: 5_000 }, record: culprit },
    label: "B's clock ahead by 5 s",
    news: "1 producer's clock ran ahead",
    row: /^Its clock is ahead: by at least \+5\.00 s/,
  },
  clockBehind: {
    evidence: { behindMs: { lowMs: 4_000, highMs: 4_200 } },
    label: "B's clock behind by 4 s",
    news: "1 producer's clock ran behind",
    row: /^Its clock is behind: by about 4 s to 4\.2 s/,
  },
  consumerInterleave: {
    evidence: { culprit, sinceMs: nowMs - 60_000, stalledMs: 12_000 },
    label: 'Partitions read unevenly for 29 s',
    news: '1 consumer read partitions unevenly',
    row: /^Left lying: on the broker since , for 12 s/,
  },
  repartition: {
    evidence: { lagMs: 9_000 },
    label: 'B lags upstream for 29 s',
    news: '1 upstream task was lagging',
    row: /^Upstream lag: 9 s/,
  },
  backfill: {
    evidence: { ageMs: 7_200_000, firstEventMs: nowMs - 7_200_000 },
    label: 'B backfills for 29 s',
    news: '1 source was backfilling',
    row: /^Age of its events: 2 h/,
  },
};

describe('every kind of incident has its words', () => {
  test.for(Object.entries(kinds) as [IncidentKind, (typeof kinds)[IncidentKind]][])('%s', ([kind, want]) => {
    const incident = { ...cut, kind, evidence: want.evidence } as Incident;
    expect(spanLabel(incident)).toBe(want.label);
    const headline = headlineOf({ ...base, incidents: [incident] }, []);
    expect(headline.text).toBe(`${want.news}: 1,200 records ${verdictClass[kind]}, 960 dropped`);
    expect(headline.level).toBe(kind === 'backfill' ? 'watch' : 'bad');
    const rows = incidentView(incident).facts.map(
      (row) => `${row.name}: ${row.value.filter((it) => typeof it === 'string').join('')}`,
    );
    expect(
      rows.find((row) => want.row.test(row)),
      rows.join('\n'),
    ).toBeDefined();
  });
});

test('what it cost so far may be nothing', () => {
  expect(costOf([{ ...cut, late: { count: 0, maxMs: 0 }, dropped: [] }])).toBe('no record late so far');
});

test('a record that two policies dropped is counted once', () => {
  const [drops] = cut.dropped;
  expect(costOf([{ ...cut, dropped: [drops!, { ...drops!, policy: 'wider', count: 100 }] }])).toContain(
    ', 960 dropped',
  );
});
