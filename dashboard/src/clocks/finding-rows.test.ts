import type { Finding } from '@tidemark/core';
import { expect, test } from 'vitest';
import { findingsOf } from '../../test/story-clocks.ts';
import { chainOf, findingRows } from './finding-rows.ts';

const nowMs = 1_772_366_400_000;
const findings = findingsOf(nowMs);

test('open ones, and those of before', () => {
  const { open, closed } = findingRows(findings, nowMs);
  expect([open.rows, closed.rows].map((rows) => rows.map((row) => row.id))).toEqual([
    ['clockContradiction-2'],
    ['clockDrift-1'],
  ]);
});

test('what is wrong comes before what is not well known, whatever came last', () => {
  const [contradiction] = findings as [Extract<Finding, { kind: 'clockContradiction' }>];
  const missing: Finding = {
    ...contradiction,
    id: 'clockSourceMissing-9',
    kind: 'clockSourceMissing',
    evidence: { graceMs: 1 },
  };
  expect(findingRows([missing, contradiction], nowMs).open.rows.map(({ id }) => id)).toEqual([
    'clockContradiction-2',
    'clockSourceMissing-9',
  ]);
});

test('a contradiction reads as a chain that comes back to where it began', () => {
  const { chain } = findingRows(findings, nowMs).open.rows[0]!;
  const read = [chain!.start, ...chain!.links.flatMap((link) => [link.says, link.of])];
  expect(read.map((text) => text.replace(/ at \d\d:\d\d:\d\d/, ''))).toEqual([
    'true time',
    'chrony: orders-eu-1 is at most +0.60 ms off',
    'orders-eu-1',
    'records between them: broker 2 is at most 12.4 ms ahead of orders-eu-1',
    'broker 2',
    'records between them: batch-7 is at most 11.0 ms ahead of broker 2',
    'batch-7',
    'time-b.example.org: batch-7 is at least +212 ms off',
    'true time',
  ]);
  expect(chain!.sum).toContain('adds up to −188 ms');
});

test('records can also say that a clock is behind, and a clock that nobody set says little', () => {
  const at = { host: 'a', atMs: nowMs };
  const { links } = chainOf(
    {
      byMs: 3,
      cycle: [
        { kind: 'causality', from: { host: 'b' }, to: at, limitMs: -7 },
        { kind: 'steadiness', from: at, to: { host: 'a', atMs: nowMs + 10_000 }, limitMs: 0.5 },
        { kind: 'assumption', from: at, to: { host: 'b' }, limitMs: 50 },
      ],
    },
    nowMs,
  );
  expect(links.map((link) => link.says)).toEqual([
    'records between them: a is at least 7.00 ms behind b',
    'nobody set it: it moved by at most 0.50 ms',
    'assumed: b is at most 50.0 ms ahead of a',
  ]);
});
