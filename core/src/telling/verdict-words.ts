import type { VerdictKind } from '../incidents/incident.ts';

/** What each verdict is called where a person reads it, in the order in which bars are stacked: falsely late first, from the axis up. */
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
