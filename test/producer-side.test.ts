import {
  type Assessment,
  acknowledge,
  assess,
  beginRequest,
  createObservation,
  createState,
  failRequest,
  firstAssessment,
  handOver,
  type Incident,
  ingest,
  isConfirmed,
  noteWritten,
  openProducer,
  type Policy,
  type Report,
  type Source,
  settleSend,
  takeReport,
} from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { type Span, type Story, type StoryProducer, tell, type Written } from '../testbed/src/story/story.ts';

// What a producer's own agent adds while it is silent: a cut is known while it lasts, and an idle source is let be.

const startMs = 1_700_000_000_000;
const policy: Policy = { id: 'p', window: { kind: 'tumbling', sizeMs: 5_000 }, graceMs: 2_000 };
const a: StoryProducer = { name: 'A', ratePerSecond: 40 };
const span: Span = { fromMs: 40_000, toMs: 50_000 };
const node = 1;

interface Agent {
  /** `dead`: it is never heard of from then on. */
  readonly deadMs?: number;
  /** The broker answers requests of the span with an error. */
  readonly isRefused?: boolean;
  /** Its owner hands over one event at a time, and waits for the answer. */
  readonly waits?: boolean;
}

const nameOf = (source: Source): string | undefined =>
  source.kind === 'named' ? source.name : source.kind === 'producer' ? source.producerId : undefined;

/** What the agent of a story's producer reports: it saw each event handed over as it was made, and acknowledged at its append. */
function reportsOf(name: string, written: readonly Written[], endMs: number, agent: Agent): Report[] {
  const identity = {
    id: `agent-${name}`,
    host: `host-${name}`,
    processId: 7,
    startedMs: startMs,
    version: '0',
    client: 't',
  };
  const observation = createObservation(identity);
  const producing = openProducer(observation, undefined)!;
  const offsets = new Map<number, number>();
  const steps: { readonly atMs: number; run(): void }[] = [];
  for (const event of written) {
    const offset = offsets.get(event.partition) ?? 0;
    offsets.set(event.partition, offset + 1);
    if (nameOf(event.source) !== name) continue;
    if (event.source.kind === 'producer') producing.producerId = name;
    const { eventMs, appendMs, partition } = event;
    // Who waits for answers hands over only when the one before is through.
    const isKept = agent.waits && eventMs > startMs + span.fromMs + 100 && eventMs < startMs + span.toMs;
    const sinceMs = isKept ? appendMs : eventMs;
    let settle = (): void => {};
    steps.push({
      atMs: sinceMs,
      run: () => {
        const send = handOver(producing, { records: 1, sinceMs, createdMs: eventMs })!;
        let request = beginRequest(producing, node, sinceMs)!;
        if (agent.isRefused && appendMs - eventMs > 2_000) {
          failRequest(producing, node, request, 'refused');
          request = beginRequest(producing, node, sinceMs)!;
        }
        settle = () => {
          acknowledge(producing, node, request, appendMs);
          noteWritten(producing, { topic: 'orders', partition, leader: node, records: 1, offset, atMs: appendMs });
          settleSend(producing, send, true);
        };
      },
    });
    steps.push({ atMs: appendMs, run: () => settle() });
  }
  steps.sort((one, other) => one.atMs - other.atMs);
  const reports: Report[] = [];
  const health = { queuedReports: 0, droppedReports: 0, unreadable: {}, errors: 0 };
  const clock = { source: 'none', readings: [], steps: [] };
  let done = 0;
  // Agents report at moments of their own.
  for (let nowMs = startMs + 350; nowMs <= endMs; nowMs += 1000) {
    for (; done < steps.length && steps[done]!.atMs <= nowMs; done++) steps[done]!.run();
    if (agent.deadMs === undefined || nowMs < startMs + agent.deadMs) {
      reports.push(takeReport(observation, nowMs, { clock, health }));
    }
  }
  return reports;
}

/** Every assessment on the way, one a second; `agents`: of which producers. */
function assessments(
  seed: number,
  producers: StoryProducer[],
  agents: { readonly [name: string]: Agent },
): Assessment[] {
  const story: Story = { seed, startMs, durationMs: 90_000, partitions: 1 + (seed % 4), producers, policy };
  const { reports, written } = tell(story);
  const endMs = startMs + story.durationMs;
  const all = [
    ...reports,
    ...Object.entries(agents).flatMap(([name, agent]) => reportsOf(name, written, endMs, agent)),
  ];
  all.sort((one, other) => one.toMs - other.toMs);
  const state = createState();
  const made: Assessment[] = [];
  let read = 0;
  for (let nowMs = startMs + 600; nowMs <= endMs; nowMs += 1000) {
    for (; read < all.length && all[read]!.toMs <= nowMs; read++) ingest(state, all[read]!, all[read]!.toMs);
    made.push(assess(made.at(-1) ?? firstAssessment(startMs), state, nowMs));
  }
  return made;
}

const at = (all: readonly Assessment[], ms: number): Assessment => all.findLast(({ nowMs }) => nowMs <= startMs + ms)!;
const turns = ({ revisions }: Incident): string[] => revisions.map(({ status }) => status);
const stateOf = (name: string, { tasks }: Assessment): string | undefined =>
  tasks[0]!.sources.find(({ source }) => source.kind === 'named' && source.name === name)?.state;

describe.for([1, 2, 3, 4])('seed %i', (seed) => {
  const cut: StoryProducer = { name: 'B', ratePerSecond: 30, cut: span };

  test('its offsets tell which source a producer is', () => {
    const { producers } = at(assessments(seed, [a, cut], { A: {}, B: {} }), 10_000);
    expect(producers.map(({ host, sources }) => [host, sources])).toEqual([
      ['host-A', [{ group: 'billing', source: { kind: 'named', name: 'A' }, by: 'offsets' }]],
      ['host-B', [{ group: 'billing', source: { kind: 'named', name: 'B' }, by: 'offsets' }]],
    ]);
  });

  test('a cut of ten seconds is proved while it lasts, and its return is of the same incident', () => {
    const all = assessments(seed, [a, cut], { A: {}, B: {} });
    const during = at(all, 49_000);
    expect(during.incidents).toMatchObject([{ status: 'open', kind: 'producerCutOff', source: { name: 'B' } }]);
    const [incident] = during.incidents as [Incident];
    const { proof, start, detectedAtMs, sentence } = incident;
    expect(start.lowMs).toBeLessThanOrEqual(startMs + span.fromMs);
    expect(start.highMs).toBeGreaterThanOrEqual(startMs + span.fromMs);
    // From one event to the next, and how long an acknowledgement or the answer that was due may have been on its way.
    expect(start.highMs - start.lowMs).toBeLessThan(50 + 2 * 250);
    expect(detectedAtMs).toBeLessThan(startMs + span.fromMs + 7_000);
    expect(proof).toMatchObject({ host: 'host-B', producers: 1, linkedBy: 'offsets', brokers: [node], isAll: true });
    expect(proof!.waitingRecords).toBe(incident.forecast!.heldRecords);
    expect(Math.abs(proof!.waitingRecords - 30 * 8.35)).toBeLessThan(30);
    expect(sentence).toMatch(
      /^B is cut off from broker 1 since .* UTC, proved by its agent: nothing is acknowledged, \d+ records wait\. /,
    );
    expect(stateOf('B', during)).toBe('cut');
    // The oldest that waits is the true stream time.
    expect(Math.abs(during.tasks[0]!.trueStreamTimeMs! - proof!.createdMs!)).toBeLessThan(1);
    const last = all.at(-1)!;
    expect(last.incidents).toHaveLength(1);
    expect(last.incidents[0]!.id).toBe(incident.id);
    expect(turns(last.incidents[0]!)).toEqual(['open', 'closed']);
    expect(last.incidents[0]!.sentence).toMatch(
      /^billing dropped .* of B .*, falsely late: it was cut off .*, proved by its agent, /,
    );
    expect(last.incidents[0]!.end!.highMs).toBeGreaterThanOrEqual(startMs + span.toMs);
    expect(last.incidents[0]!.forecast).toBeUndefined();
    expect(stateOf('B', last)).toBe('live');
  });

  test('its state is told also where nobody reads it', () => {
    const states = (name: string, agent: Agent, moments: readonly number[]) => {
      const all = assessments(seed, [a, cut], { [name]: agent });
      return moments.map((ms) => at(all, ms).producers[0]);
    };
    const [before, early, during, after, end] = states('B', {}, [39_000, 43_000, 49_000, 52_000, 89_900]);
    expect([before, early, after].map((it) => [it?.state, it?.heldUp])).toEqual(
      Array.from({ length: 3 }, () => ['sending', undefined]),
    );
    expect(during).toMatchObject({ state: 'cut', heldUp: { brokers: [node] } });
    expect(Math.abs(during!.heldUp!.sinceMs - startMs - span.fromMs)).toBeLessThan(500);
    expect(end!.records).toBeGreaterThan(before!.records);
    expect(states('B', { isRefused: true }, [49_000])[0]).toMatchObject({
      state: 'refused',
      heldUp: { brokers: [node] },
    });
    const idle = assessments(seed, [a, { name: 'B', ratePerSecond: 30, idle: span }], { B: {} });
    expect(at(idle, 49_000).producers[0]?.state).toBe('idle');
    expect(states('B', { deadMs: 41_000 }, [60_000])[0]?.state).toBe('unheard');
  });

  test('one that is idle is suspected of nothing, and holds nothing back', () => {
    const long = { ...span, toMs: 70_000 };
    const all = assessments(seed, [a, { name: 'B', ratePerSecond: 30, idle: long }], { A: {}, B: {} });
    expect(all.flatMap(({ incidents }) => incidents)).toEqual([]);
    const during = at(all, 60_000);
    expect(stateOf('B', during)).toBe('idle');
    expect(during.tasks[0]!.heldBackBy).toBeUndefined();
    expect(during.tasks[0]!.sources.find(({ state }) => state === 'idle')!.told).toEqual({ kind: 'idle' });
  });

  test('an agent that is not heard of itself proves nothing: the suspicion is as without one', () => {
    const all = assessments(seed, [a, { ...cut, cut: { ...span, toMs: 60_000 } }], { A: {}, B: { deadMs: 41_000 } });
    const during = at(all, 58_000);
    expect(during.incidents.map(({ status }) => status)).toEqual(['suspected']);
    expect(during.incidents[0]!.proof).toBeUndefined();
    expect(turns(all.at(-1)!.incidents[0]!)).toEqual(['suspected', 'open', 'closed']);
  });

  test('a broker that refuses is there: that is no cut', () => {
    const all = assessments(seed, [a, cut], { A: {}, B: { isRefused: true } });
    expect(at(all, 49_000).incidents.filter(isConfirmed)).toEqual([]);
  });

  test('all that write there are turned away at once: then it is not theirs', () => {
    const both = [{ ...a, cut: span }, cut, { name: 'C', ratePerSecond: 5, cut: { ...span, fromMs: 40_500 } }];
    const all = assessments(seed, both, { A: {}, B: {}, C: {} });
    expect(at(all, 49_000).incidents.filter(isConfirmed)).toEqual([]);
  });

  test('an owner that waits for each answer hands over one: the rest is by its rate', () => {
    const all = assessments(seed, [a, cut], { A: {}, B: { waits: true } });
    const [incident] = at(all, 49_000).incidents as [Incident];
    expect(incident.proof).toMatchObject({ isAll: false });
    expect(incident.proof!.waitingRecords).toBeLessThan(10);
    expect(Math.abs(incident.forecast!.heldRecords - 30 * 8.6)).toBeLessThan(60);
  });
});

test('an idempotent producer with an agent reads the clock of its host, others are clocks of their own', () => {
  const b: StoryProducer = { name: 'B', anonymousId: '4711', ratePerSecond: 30 };
  const c: StoryProducer = { name: 'C', anonymousId: '4712', ratePerSecond: 30 };
  const { clocks, producers } = assessments(1, [a, b, c], { 4711: {} }).at(-1)!;
  expect(producers).toMatchObject([{ host: 'host-4711', producerId: '4711', sources: [{ by: 'offsets' }] }]);
  const names = clocks.map(({ role, name }) => `${role} ${name}`);
  expect(names).toEqual(expect.arrayContaining(['host host-4711', 'producer producer 4712', 'producer A']));
  expect(names).not.toContain('producer producer 4711');
});
