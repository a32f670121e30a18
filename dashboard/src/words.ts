import type { SourceState, VerdictKind, verdictClass } from '@tidemark/core';

/** What the page calls each verdict, in the order in which bars are stacked: falsely late first, from the axis up. */
export const verdictWords: { readonly [K in VerdictKind]: string } = {
  producerCutOff: 'producer cut off',
  brokerOutage: 'broker outage',
  clockAhead: 'another clock ahead',
  clockBehind: 'own clock behind',
  consumerInterleave: 'read unevenly',
  repartition: 'upstream task lags',
  backfill: 'backfill',
  outOfOrderSource: 'out of order at its source',
  ordinary: 'ordinary turns',
  undecided: 'undecided',
};

/** What the page calls the state of a source. */
export const stateWords: { readonly [K in SourceState]: string } = {
  live: 'live',
  idle: 'idle',
  suspectedCut: 'silent',
  cut: 'cut off',
  gone: 'gone',
};

export type VerdictClass = (typeof verdictClass)[VerdictKind];
export const verdictClasses: readonly VerdictClass[] = ['falsely late', 'truly late', 'neither'];
