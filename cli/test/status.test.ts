import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Assessment } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { served } from '../../collector/test/served.ts';
import { assessmentOf, emptyAssessment } from '../../dashboard/test/story.ts';
import { clocksOf, findingsOf } from '../../dashboard/test/story-clocks.ts';
import { cutProducer, withProducers } from '../../dashboard/test/story-producers.ts';
import { topologyOf } from '../../dashboard/test/story-topology.ts';
import { tell } from '../../testbed/src/story/story.ts';
import { statusText } from '../src/status-text.ts';

const nowMs = 1_772_366_400_000;
const lines = (assessment: Assessment, all = false): string[] => statusText(assessment, { all }).split('\n');

describe('how far everybody is', () => {
  const group = assessmentOf({ nowMs, quiet: true, tasks: 30, isOneGroup: true, cut: { sinceS: 47 } });

  test('a group, with the true stream time of the least of its tasks, and who holds it back', () => {
    const [head, , names, row] = lines(group);
    expect(head).toBe('2026-03-01 12:00:00 UTC: 1 agent, 30 tasks');
    expect(names).toMatch(/^GROUP +TASKS +TRUE TIME T +GREATEST LEAD S − T +HELD BACK BY$/);
    expect(row).toMatch(/^order-counts +30 +11:59:1\d or later +up to 48 s +B, in order-counts\/member-1$/);
  });

  test('its tasks, as many as one reads, or all', () => {
    const [few, all] = [lines(group), lines(group, true)];
    const isTask = (line: string): boolean => /^(order-counts|service-\d+)\/member-/.test(line);
    expect([few.filter(isTask).length, all.filter(isTask).length]).toEqual([20, 30]);
    expect(few).toContain('and 10 more (--all)');
    expect(few.find(isTask)).toMatch(/ +\d\d:\d\d:\d\d +11:59:1\d or later +up to 48 s +[\d,]+ +\d+ +\d+ +B$/);
  });

  test('watermarks, the one furthest back first', () => {
    const shown = lines(assessmentOf({ nowMs, quiet: true, topology: topologyOf(nowMs) }));
    const at = shown.findIndex((line) => line.startsWith('WATERMARK W OF'));
    expect(shown[at + 1]).toMatch(
      /^billing +11:59:24 +35 s +orders-1, upstream in order-counts: 1,240 records not processed yet$/,
    );
  });

  test('clocks, the worst first, and before all else what is open of them', () => {
    const shown = lines(assessmentOf({ nowMs, quiet: true, clocks: clocksOf(nowMs), findings: findingsOf(nowMs) }));
    expect(shown[2]).toMatch(/^! batch-7 .* Since 11:5\d:\d\d\.$/);
    const at = shown.findIndex((line) => line.startsWith('CLOCK '));
    expect(shown[at]).toMatch(/^CLOCK +OF A +AHEAD OF TRUE TIME BY +WITHIN 1 MS +DRIFT +READ$/);
    expect(shown[at + 1]).toMatch(/^batch-7 +host .* set aside: its readings contradict/);
    expect(shown.find((line) => line.startsWith('orders-eu-1 '))).toMatch(
      /^orders-eu-1 +host +−0\.41 ms to \+0\.62 ms, proved +yes +3\.1 ± 0\.8 ppm fast .* +read from chrony 127\.0\.0\.1:323 4 s ago$/,
    );
  });

  test('an agent that watches producers only: what they are at, not that nothing was read', () => {
    const shown = lines(withProducers(nowMs, [cutProducer(nowMs, 32)]));
    expect(shown.slice(-3, -1)).toEqual([
      '✕ orders-eu-2, process 4711  kafkajs 2.2.4             –  11:59:59',
      '    producer no. 1: cut off from broker 2 for 32 s; 12,431 records acknowledged, 1,203 wait, the oldest for 32 s, 20 given up',
    ]);
  });

  test('a task whose agent is lost says since when', () => {
    const lost = { ...group, agents: group.agents.map((agent) => ({ ...agent, lost: true })) };
    expect(lines(lost).find((line) => line.startsWith('order-counts/member-'))).toMatch(
      /its agent is lost since [\d:]+$/,
    );
    expect(lines(lost).at(-2)).toMatch(/^✕ .*, lost$/);
  });

  test('nobody there yet', () => {
    expect(lines(emptyAssessment(nowMs))).toEqual([
      '2026-03-01 12:00:00 UTC: 0 agents, 0 tasks',
      '',
      'No agent yet.',
      '',
    ]);
  });
});

describe('as it is typed', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const ask = async (...flags: string[]) => {
    const child = spawn(process.execPath, ['--conditions=tidemark-source', main, 'status', ...flags], {
      env: { PATH: process.env.PATH },
    });
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      out.stdout += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      out.stderr += chunk;
    });
    const [code] = await once(child, 'close');
    return { code: code as number | null, ...out };
  };

  test('of a real collector', async () => {
    const startMs = Math.floor(Date.now() / 1000) * 1000 - 60_000;
    await using collector = await served({ nowMs: startMs });
    const { reports } = tell({
      seed: 3,
      startMs,
      durationMs: 40_000,
      partitions: 2,
      producers: [{ name: 'A', ratePerSecond: 20 }],
      policy: { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 },
      group: 'billing',
    });
    for (const report of reports) {
      collector.setNow(report.toMs);
      await collector.post(report);
    }
    await collector.tickAt(startMs + 40_000);
    const { code, stdout, stderr } = await ask('--collector', collector.url);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\nbilling +1 +\d\d:\d\d:\d\d ± [\d.]+ m?s +none +nobody overdue\n/);
    const page = readFileSync(new URL('../../docs/incidents.md', import.meta.url), 'utf8');
    const commands = [...page.matchAll(/^tidemark status(.*)$/gm)].map(([, flags]) => flags!.split('#')[0]!.trim());
    expect(commands).toEqual(['', '--all --json']);
    const json = await ask(...commands[1]!.split(' '), '--collector', collector.url);
    expect(JSON.parse(json.stdout)).toMatchObject({ groups: [{ group: 'billing', tasks: 1 }] });
  });

  test('what cannot be told is said, and ends with 2', async () => {
    const { code, stdout, stderr } = await ask('--collector', 'http://127.0.0.1:1');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tidemark status: the collector at http:\/\/127\.0\.0\.1:1 cannot be reached/);
    expect((await ask('--watch', 'x')).stderr).toBe(
      'tidemark status: --watch: not set; expected one of --collector, --json, --all\n' +
        'tidemark status: arguments: got "x"; expected flags only\n',
    );
  });
});
