import type { AgentRow, ProducerRow } from '../agent-rows.ts';
import { el } from '../element.ts';
import { moreText, type Shown } from '../view.ts';
import { mark, time } from './parts.ts';

const maxProblems = 6;

export function agentsPanel(agents: Shown<AgentRow>, problems: readonly string[], nowMs: number): HTMLElement[] {
  return [
    el('ul', { class: 'problems', 'data-key': 'collector' }, ...problems.map((problem) => el('li', {}, problem))),
    el('ul', { class: 'agents' }, ...agents.rows.map((agent) => agentItem(agent, nowMs))),
    el('p', { class: 'more' }, moreText(agents)),
  ];
}

function agentItem(agent: AgentRow, nowMs: number): HTMLElement {
  const { producers, problems } = agent;
  const isHeldUp = producers.rows.some((producer) => producer.isHeldUp);
  return el(
    'li',
    { 'data-key': agent.id },
    mark(agent.lost || isHeldUp ? 'bad' : problems.length > 0 ? 'watch' : 'good'),
    el(
      'div',
      {},
      el('b', {}, agent.name),
      el(
        'small',
        {},
        [agent.client, agent.read, 'last report '].filter((part) => part !== undefined).join(' · '),
        time(agent.lastReportMs, nowMs),
      ),
      agent.lost && el('p', { class: 'held' }, 'Lost: it stopped reporting.'),
      producers.rows.length > 0 && el('ul', { class: 'producers' }, ...producers.rows.map(producerItem)),
      producers.more > 0 && el('small', {}, `${moreText(producers)} producers`),
      problems.length > 0 &&
        el('ul', { class: 'problems' }, ...problems.slice(0, maxProblems).map((problem) => el('li', {}, problem))),
    ),
  );
}

function producerItem({ key, name, state, isHeldUp, counts }: ProducerRow): HTMLElement {
  return el(
    'li',
    { 'data-key': key },
    `${name}: `,
    el('span', { class: isHeldUp ? 'held-up' : 'as-ever' }, state),
    el('small', {}, counts),
  );
}
