import { styleText } from 'node:util';
import { type Incident, type LateTotal, sourceName, verdictClass, verdictWords } from '@tidemark/core';
import type { Moment } from './moment.ts';
import { clockAheadMs, graceMs, maxDelayMs, type Plan, windowMs } from './plan.ts';

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;

/** A story's moments in plain words; empty for what needs none. */
export function words(moment: Moment): string {
  switch (moment.kind) {
    case 'opens':
      return opening(moment.plan);
    case 'attached':
      return moment.line.startsWith('{') ? '' : `  ${moment.line}`;
    case 'flowing':
      return flowing(moment.plan);
    case 'spanStarts':
      return spanStarts(moment.plan);
    case 'spanGoesOn':
      return moment.plan.variant === 'cut'
        ? `  … cut off for ${seconds(moment.forMs)}; B holds ${moment.queued} events.`
        : '';
    case 'spanEnds':
      return spanEnds(moment.plan, moment.queued);
    case 'firstDrop':
      return 'The consumer has begun to drop records as too late.';
    case 'over':
      return `The consumer processed ${moment.processed} records and dropped ${moment.dropped} of them.${reconnect(moment)}`;
  }
}

function opening({ variant, seed, partitions, perSecond }: Plan): string {
  const what: { readonly [V in Plan['variant']]: string } = {
    cut: 'A producer is cut off from the broker, and its records are thrown away though it did nothing wrong.',
    idle: 'A producer has nothing to say for a while. It must not be accused of anything.',
    clock: `A producer’s clock is ${seconds(clockAheadMs)} ahead, and everyone else’s records come too late.`,
    unordered: 'A producer sends its events out of order: they are truly late.',
  };
  const facts = `${partitions} partitions, A ${perSecond.A} and B ${perSecond.B} events/s, seed ${seed}`;
  return `\n${styleText('bold', what[variant])}\n(${facts})`;
}

function flowing({ variant }: Plan): string {
  const unordered = ` B holds back each event for up to ${seconds(maxDelayMs)}, some longer than others.`;
  const windows = `in windows of ${seconds(windowMs)}, open for ${seconds(graceMs)} more`;
  return `Producers A and B send, the consumer counts per key ${windows}.${variant === 'unordered' ? unordered : ''}`;
}

function spanStarts({ variant }: Plan): string {
  switch (variant) {
    case 'cut':
      return 'B’s network to the broker is cut now. B goes on making events and keeps them; A goes on sending.';
    case 'idle':
      return 'B has nothing to say now. Its connection is fine.';
    case 'clock':
      return `B’s clock leaps ${seconds(clockAheadMs)} ahead now.`;
    case 'unordered':
      return '';
  }
}

function spanEnds({ variant }: Plan, queued: number): string {
  switch (variant) {
    case 'cut':
      return `B’s network is back. B delivers the ${queued} events that it kept, in order.`;
    case 'idle':
      return 'B has something to say again.';
    case 'clock':
      return 'B’s clock is set right again.';
    case 'unordered':
      return '';
  }
}

function reconnect({ reconnect }: Extract<Moment, { kind: 'over' }>): string {
  if (!reconnect) return '';
  const { longestWaitMs, firstAckAfterMs } = reconnect;
  return ` B tried to reconnect at least every ${longestWaitMs} ms and was heard ${firstAckAfterMs} ms after its network’s return.`;
}

/** What Tidemark says of an incident, and the record that was to blame. */
export function incidentWords({ sentence, culprit, dropped }: Incident): string {
  const said = `${styleText(['bold', 'cyan'], 'Tidemark:')} ${sentence}`;
  const drops = dropped.find(({ count }) => count > 0);
  if (!culprit || !drops) return said;
  const by = `${sourceName(culprit.source)}’s record at partition ${culprit.partition}, offset ${culprit.offset}`;
  const when = `the window that ended at ${clockTime(drops.firstWindowEndMs)}`;
  return `${said}\n  Culprit: ${by} closed ${when}. The grace was ${drops.graceMs} ms; ${drops.graceNeededMs} ms would have done.`;
}

/** What became of a group's records when no incident was found: nothing, or lateness that is nobody's fault but its source's. */
export function noIncidentWords(totals: readonly LateTotal[]): string {
  const byVerdict = new Map<LateTotal['verdict'], number>();
  for (const { verdict, dropped } of totals) {
    if (dropped > 0) byVerdict.set(verdict, (byVerdict.get(verdict) ?? 0) + dropped);
  }
  const parts = [...byVerdict].map(
    ([verdict, dropped]) => `${dropped} ${verdictWords[verdict]} (${verdictClass[verdict]})`,
  );
  const said = styleText(['bold', 'cyan'], 'Tidemark:');
  if (parts.length === 0) return `${said} nothing was lost and nobody is accused.`;
  return `${said} no incident, nobody is accused. Dropped records by verdict: ${parts.join(', ')}.`;
}

function clockTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(11, 19)} UTC`;
}
