import type { AgentAssessment, ProducerAssessment } from '@tidemark/core';
import { describe, expect, test } from 'vitest';
import { assessmentOf } from '../test/story.ts';
import { cutProducer, idleProducer, withProducers } from '../test/story-producers.ts';
import { agentRows, collectorProblems } from './agent-rows.ts';

const nowMs = 1_772_366_400_000;

describe('agents', () => {
  const rowsOf = (agents: readonly AgentAssessment[]) => agentRows({ ...assessmentOf({ nowMs }), agents }).rows;
  const [healthy] = assessmentOf({ nowMs }).agents as [AgentAssessment];
  const sick: AgentAssessment = {
    ...healthy,
    identity: { ...healthy.identity, id: 'agent-2', host: 'zeta' },
    missedReports: 2,
    health: {
      ...healthy.health,
      droppedReports: 1_500,
      unreadable: { 'no timestamp': 3, fine: 0 },
      overflow: { sources: 12 },
      errors: 1,
    },
  };

  test('a healthy one has nothing to say', () => expect(rowsOf([healthy])[0]?.problems).toEqual([]));

  test('what was lost is never silent, and comes first', () => {
    expect(rowsOf([healthy, sick]).map((row) => row.problems)).toEqual([
      [
        '1,500 reports dropped by the agent',
        '2 reports missed here',
        '1 error inside the agent',
        '3 records without a readable event time (no timestamp)',
        '12 beyond the bound of sources',
      ],
      [],
    ]);
  });

  test('what went beyond the collector’s own bounds is said too', () => {
    const assessment = { ...assessmentOf({ nowMs }), overflow: { lanes: 1_200, tasks: 0 } };
    expect(collectorProblems(assessment)).toEqual(["1,200 lanes beyond the collector's bound: counted, not kept"]);
  });

  test('a lost one comes before a sick one', () => {
    expect(rowsOf([healthy, sick, { ...healthy, lost: true }]).map((row) => row.lost)).toEqual([true, false, false]);
  });
});

describe('what it watches', () => {
  const rowsOf = (...producers: ProducerAssessment[]) => agentRows(withProducers(nowMs, producers)).rows;
  const idle = idleProducer(nowMs);
  const cut = cutProducer(nowMs, 32);

  test('one that consumes nothing has read nothing, and that is not said', () => {
    const [row] = rowsOf(idle);
    expect(row?.read).toBeUndefined();
    expect(row?.producers.rows).toEqual([
      {
        key: '0',
        name: 'producer of B',
        state: 'nothing to send',
        isHeldUp: false,
        counts: '12,431 records acknowledged',
      },
    ]);
  });

  test('what is held up comes first', () => {
    const rows = rowsOf(idle, { ...cut, id: '1' })[0]!.producers.rows;
    expect(rows.map(({ state, isHeldUp }) => [state, isHeldUp])).toEqual([
      ['cut off from broker 2 for 32 s', true],
      ['nothing to send', false],
    ]);
  });

  test('many are counted, those that are closed are left out', () => {
    const many = Array.from({ length: 9 }, (_, index) => ({ ...idle, id: String(index) }));
    const { producers } = rowsOf(...many, { ...idle, id: '9', state: 'closed' })[0]!;
    expect([producers.rows.length, producers.more]).toEqual([4, 5]);
  });

  test('a consumer that has read nothing yet says so', () => {
    const assessment = assessmentOf({ nowMs });
    const agents = assessment.agents.map((agent) => ({ ...agent, health: { ...agent.health, records: 0 } }));
    expect(agentRows({ ...assessment, agents, producers: [{ ...idle, agentId: 'agent-1' }] }).rows[0]?.read).toBe(
      '0 records read',
    );
  });
});
