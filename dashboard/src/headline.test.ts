import {
  type Assessment,
  type Incident,
  type InputState,
  type SeriesPoint,
  type SourceState,
  sourceName,
  type Topology,
} from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf, emptyAssessment, named, pointsOf, type Story } from '../test/story.ts';
import { cutProducer, idleProducer, withProducers } from '../test/story-producers.ts';
import { withProof } from '../test/story-proof.ts';
import { topologyOf } from '../test/story-topology.ts';
import { headlineOf } from './headline.ts';
import { taskCards } from './task-cards.ts';

const nowMs = 1_772_366_400_000;
const told = (story: Omit<Story, 'nowMs'>, change: (assessment: Assessment) => Assessment = (it) => it) => {
  const whole = { nowMs, quiet: true, ...story };
  return headlineOf(change(assessmentOf(whole)), pointsOf(whole, 60));
};
/** One group for each state, that its own input holds where it is. */
const topologyHeldBy = (states: readonly InputState[]): Topology => ({
  nodes: states.map((state, partition) => {
    const [node] = topologyOf(nowMs, false).nodes;
    const watermarkMs = nowMs - 35_000;
    return { ...node!, id: state, watermarkMs, heldBy: { topic: state, partition, state, node: state, via: [] } };
  }),
  edges: [],
});
/** B is cut off, by the word of its own agent. */
const proved = withProof({ assessment: assessmentOf({ nowMs, quiet: true, cut: { sinceS: 32 } }), points: [] }, 32);
const provedCut: Assessment = {
  ...proved.assessment,
  producers: [{ ...cutProducer(nowMs, 32), sources: idleProducer(nowMs).sources }],
};
const withIncidents = (change: (incident: Incident) => Incident) => (assessment: Assessment) => ({
  ...assessment,
  incidents: assessment.incidents.map(change),
});

describe('the state in one sentence', () => {
  test.for([
    { why: 'nobody is watched', headline: headlineOf(emptyAssessment(nowMs), []), level: 'none', text: 'No agent yet' },
    { why: 'nothing happened', headline: told({}), level: 'good', text: 'All on time' },
    {
      why: 'a cut that is over',
      headline: told({ cut: { sinceS: 100, forS: 32 } }),
      level: 'bad',
      text: '1 producer was cut off: 1,280 records falsely late, 1,024 dropped',
    },
    {
      why: 'two cuts of one producer are one producer',
      headline: told({ cut: { sinceS: 100, forS: 32 } }, (it) => ({
        ...it,
        incidents: [...it.incidents, ...it.incidents.map((incident) => ({ ...incident, id: 'again' }))],
      })),
      level: 'bad',
      text: '1 producer was cut off: 2,560 records falsely late, 2,048 dropped',
    },
    {
      why: 'a cut that lasts costs nothing yet',
      headline: told(
        { cut: { sinceS: 100, forS: 32 } },
        withIncidents(({ end: _, ...incident }) => ({
          ...incident,
          status: 'open',
          late: { count: 0, maxMs: 0 },
          dropped: [],
        })),
      ),
      level: 'bad',
      text: '1 producer is cut off: no record late so far',
    },
    {
      why: 'a clock that runs ahead',
      headline: told({ ahead: { sinceS: 60, byMs: 5_000 } }),
      level: 'bad',
      text: "1 producer's clock runs ahead: 4,800 records falsely late",
    },
    {
      why: 'what still costs records comes before what is over',
      headline: told({ cut: { sinceS: 200, forS: 32 }, ahead: { sinceS: 60, byMs: 5_000 } }),
      level: 'bad',
      text: "1 producer's clock runs ahead: 4,800 records falsely late",
      details: ['1 producer was cut off: 1,280 records falsely late, 1,024 dropped'],
    },
    {
      why: 'a silent source is not accused',
      headline: told({ cut: { sinceS: 12 } }),
      level: 'watch',
      text: 'B is silent for 12 s: idle or cut off cannot be told until it returns',
    },
    {
      why: 'an incident of last night is not the news',
      headline: told(
        { cut: { sinceS: 100, forS: 32 } },
        withIncidents((incident) => ({
          ...incident,
          status: 'closed',
          end: { lowMs: nowMs - 9e6, highMs: nowMs - 9e6, basis: 'proved' },
        })),
      ),
      level: 'good',
      text: 'All on time',
    },
    {
      why: 'the only agent is lost: nothing is known any more, of silent sources neither',
      headline: told({ cut: { sinceS: 60 } }, (it) => ({
        ...it,
        agents: it.agents.map((agent) => ({ ...agent, lost: true })),
      })),
      level: 'watch',
      text: 'No agent reports any more',
    },
    {
      why: 'one of two agents is lost: what it saw is not known any more',
      headline: told({}, (it) => ({
        ...it,
        agents: [...it.agents, ...it.agents.map((agent) => ({ ...agent, lost: true }))],
      })),
      level: 'watch',
      text: '1 agent of 2 stopped reporting',
    },
    {
      why: 'nothing late, and a watermark that is held back with those behind it',
      headline: told({ topology: topologyOf(nowMs) }),
      level: 'watch',
      text: 'Watermark of order-counts and 2 others held back, 34 s behind now, by orders-1: 1,240 records not processed yet',
    },
    {
      why: 'watermarks that are held back by several',
      headline: told({ topology: topologyHeldBy(['behind', 'behind']) }),
      level: 'watch',
      text: '2 watermarks are held back, 35 s behind now, by 2 partitions that lag',
    },
    {
      why: 'watermarks that keep up',
      headline: told({ topology: topologyOf(nowMs, false) }),
      level: 'good',
      text: 'All on time',
    },
    {
      why: 'where nothing comes nothing is held up, and a lost agent is told by itself',
      headline: told({ topology: topologyHeldBy(['idle', 'unheard']) }),
      level: 'good',
      text: 'All on time',
    },
    {
      why: 'an agent, but no record yet',
      headline: told({}, (it) => ({ ...it, tasks: [] })),
      level: 'good',
      text: 'Waiting for the first record',
    },
    {
      why: 'producers only, and all is well',
      headline: headlineOf(withProducers(nowMs, [idleProducer(nowMs)]), []),
      level: 'good',
      text: 'Producers are watched, and no consumer yet',
    },
    {
      why: 'a producer that says itself that it is cut off, and nobody that is watched reads it',
      headline: headlineOf(withProducers(nowMs, [idleProducer(nowMs), cutProducer(nowMs, 32)]), []),
      level: 'bad',
      text: 'Producer no. 1 on orders-eu-2 is cut off from broker 2 for 32 s: 1,203 records wait',
    },
    {
      why: 'many of them are counted',
      headline: headlineOf(
        withProducers(
          nowMs,
          [1, 2].map((id) => ({ ...cutProducer(nowMs, 32), id: String(id) })),
        ),
        [],
      ),
      level: 'bad',
      text: '2 producers get no record to the broker: 2,406 records wait',
    },
    {
      why: 'a cut that an incident tells of is told once',
      headline: headlineOf(provedCut, []),
      level: 'bad',
      text: '1 producer is cut off: no record late so far',
    },
  ])('$why', ({ headline, level, text, details = [] }) => {
    expect(headline).toMatchObject({ level, text, details });
  });
});

describe('late records of the kinds that make no incident', () => {
  const counts = { outOfOrderSource: 3, undecided: 1, ordinary: 500, consumerInterleave: 2, producerCutOff: 9 };
  const point = (droppedByVerdict: object, atMs = nowMs): SeriesPoint => ({
    atMs,
    tasks: [{ id: 't', hindsight: true, sources: [], lateByVerdict: counts, droppedByVerdict }],
    hosts: [],
  });
  const headline = (it: SeriesPoint) => headlineOf(assessmentOf({ nowMs }), [it]);

  test('a little disorder wakes nobody', () => {
    expect(headline(point({}))).toEqual({
      level: 'good',
      text: 'Nothing is falsely late',
      details: ['In the last 15 min: 3 records truly late, 1 record late for a cause not yet decided'],
    });
  });

  test('once some are dropped it wants a look', () => {
    expect(headline(point({ outOfOrderSource: 2, ordinary: 7 }))).toMatchObject({
      level: 'watch',
      text: 'In the last 15 min: 3 records truly late, 1 record late for a cause not yet decided, 2 dropped',
    });
  });

  test('what is long past is no news', () => {
    expect(headline(point({}, nowMs - 16 * 60_000)).text).toBe('All on time');
  });
});

describe('held back, by whom and in which state', () => {
  const assessment = assessmentOf({ nowMs, tasks: 3 });
  const heldIn = (state: SourceState): Assessment => ({
    ...assessment,
    tasks: assessment.tasks.map((task) => ({
      ...task,
      heldBackBy: named('B'),
      sources: task.sources.map((it) => (sourceName(it.source) === 'B' ? { ...it, state } : it)),
    })),
  });
  test.for<{ why: string; state: SourceState; news: string; card: RegExp | undefined }>([
    {
      why: 'many that are silent are counted',
      state: 'suspectedCut',
      news: '3 tasks are held back by silent sources',
      card: /^Held back by B, silent for .+: idle or cut off cannot be told until it returns$/,
    },
    { why: 'a silence in its habit is nothing to tell', state: 'idle', news: 'All on time', card: undefined },
    {
      why: 'a source that speaks, late, is not called silent',
      state: 'live',
      news: 'All on time',
      card: /^Held back by B, whose records come late$/,
    },
    { why: 'one that comes back is not called silent', state: 'cut', news: 'All on time', card: /still coming$/ },
  ])('$why', ({ state, news, card }) => {
    const held = heldIn(state);
    expect(headlineOf(held, []).text).toBe(news);
    const text = taskCards(held, '').rows[0]?.heldBack;
    if (card === undefined) expect(text).toBeUndefined();
    else expect(text).toMatch(card);
  });
});
