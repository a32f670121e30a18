import { type Culprit, type Incident, remediesOf, type Suspicion } from '@tidemark/core';
import { graceMs, named, perSecond, type Story, taskId } from './story.ts';

function culprit(atMs: number): Culprit {
  return {
    topic: 'orders',
    partition: 0,
    offset: 143_201,
    source: named('A'),
    eventMs: atMs,
    append: { lowMs: atMs + 4, highMs: atMs + 21 },
    processedMs: atMs + 33,
  };
}

export function suspicionOf(story: Story): Suspicion {
  const silentMs = (story.cut?.sinceS ?? 0) * 1000;
  return {
    sinceMs: story.nowMs - silentMs,
    silentMs,
    usualGapMs: 25,
    longestGapMs: 340,
    chanceOfHabit: 0,
    earlier: { idle: 1, cut: 3 },
    likelihood: 0.71,
  };
}

export function incidentsOf(story: Story): Incident[] {
  const incidents: Incident[] = [];
  const base = {
    group: 'order-counts',
    remedies: [],
    tasks: [taskId(0)],
    partitions: [
      { topic: 'orders', partition: 1 },
      { topic: 'orders', partition: 3 },
    ],
  };
  if (story.cut?.forS !== undefined) {
    const startMs = story.nowMs - story.cut.sinceS * 1000;
    const endMs = startMs + story.cut.forS * 1000;
    const late = story.cut.forS * perSecond;
    const dropped = Math.round(late * 0.8);
    incidents.push({
      ...base,
      id: 'cut-1',
      kind: 'producerCutOff',
      status: story.cut.sinceS - story.cut.forS < 4 ? 'open' : 'closed',
      revision: 3,
      revisions: [{ atMs: endMs + 1_200, status: 'open', reason: 'it came back with events of the silence' }],
      source: named('B'),
      detectedAtMs: endMs + 1_200,
      updatedAtMs: endMs + 3_000,
      start: { lowMs: startMs - 30, highMs: startMs + 240, basis: 'proved' },
      end: { lowMs: endMs - 1_400, highMs: endMs, basis: 'assumed', assumption: 'its producer retries once a second' },
      late: { count: late, maxMs: story.cut.forS * 1000 - 40 },
      dropped: [
        {
          policy: 'tumbling 5s grace 5s',
          graceMs,
          count: dropped,
          offsets: [
            { topic: 'orders', partition: 1, ranges: [[71_002, 71_002 + Math.floor(dropped / 2) - 1]] },
            { topic: 'orders', partition: 3, ranges: [[70_871, 70_871 + Math.ceil(dropped / 2) - 1]] },
          ],
          overflow: 0,
          graceNeededMs: story.cut.forS * 1000 - 1_317,
          firstWindowEndMs: Math.ceil(startMs / 5_000) * 5_000,
        },
      ],
      culprit: culprit(Math.ceil(startMs / 5_000) * 5_000 + graceMs + 12),
      evidence: {
        silentMs: story.cut.forS * 1000,
        lastEventMs: startMs - 12,
        firstHeldEventMs: startMs + 13,
        heldMs: story.cut.forS * 1000 - 20,
        usualGapMs: 25,
        usualDelayMs: 35,
      },
      sentence: `B was cut off from the broker for ${story.cut.forS} s; ${late.toLocaleString('en-US')} of its records are falsely late and ${dropped.toLocaleString('en-US')} were dropped.`,
    });
  }
  if (story.cut !== undefined && story.cut.forS === undefined && story.forecast !== undefined) {
    const startMs = story.nowMs - story.cut.sinceS * 1000;
    incidents.push({
      ...base,
      id: 'silent-1',
      kind: 'producerCutOff',
      status: 'suspected',
      revision: 0,
      revisions: [
        { atMs: startMs + 4_000, status: 'suspected', reason: 'it is silent beyond its habit while A goes on' },
      ],
      source: named('B'),
      detectedAtMs: startMs + 4_000,
      updatedAtMs: story.nowMs,
      start: { lowMs: startMs - 30, highMs: startMs + 240, basis: 'assumed', assumption: 'as its last event says' },
      late: { count: 0, maxMs: 0 },
      dropped: [],
      evidence: { silentMs: story.cut.sinceS * 1000, lastEventMs: startMs - 12, usualGapMs: 25, usualDelayMs: 35 },
      suspicion: suspicionOf(story),
      forecast: story.forecast,
      sentence: `If B is cut off (it may be idle: silent for ${story.cut.sinceS} s, usually 25 ms at most): none of it is lost yet.`,
    });
  }
  if (story.ahead) {
    const startMs = story.nowMs - story.ahead.sinceS * 1000;
    const late = Math.round(story.ahead.sinceS * 2 * perSecond);
    const record = {
      ...culprit(startMs + story.ahead.byMs),
      source: named('C'),
      append: { lowMs: startMs, highMs: startMs + 25 },
      processedMs: startMs + 30,
    };
    incidents.unshift({
      ...base,
      id: 'ahead-1',
      kind: 'clockAhead',
      status: 'open',
      revision: 7,
      revisions: [{ atMs: startMs + 1_000, status: 'open', reason: 'records came late' }],
      source: named('C'),
      detectedAtMs: startMs + 1_000,
      updatedAtMs: story.nowMs,
      start: { lowMs: startMs, highMs: startMs + 200, basis: 'proved' },
      late: { count: late, maxMs: story.ahead.byMs },
      dropped: [],
      culprit: record,
      evidence: { source: named('C'), aheadMs: { lowMs: story.ahead.byMs - 25, highMs: story.ahead.byMs }, record },
      sentence: `C's clock runs about ${(story.ahead.byMs / 1000).toFixed(1)} s ahead and pulled stream time with it; ${late.toLocaleString('en-US')} records of others are falsely late.`,
    });
  }
  return incidents.map((incident) => ({ ...incident, remedies: remediesOf(incident) }));
}
