import type { VerdictKind } from '../incidents/incident.ts';

/**
 * Okabe and Ito's colours, which people with any colour vision tell apart, darkened on white and brightened on black as far as
 * a bar needs: the same on the collector's page and in an audit's.
 */
export interface Colours {
  readonly ink: string;
  readonly faint: string;
  readonly grid: string;
  /** What charts and tables stand on. */
  readonly ground: string;
  readonly verdicts: { readonly [K in VerdictKind]: string };
}

export const lightColours: Colours = {
  ink: '#14212b',
  faint: '#55636e',
  grid: '#e4e9ed',
  ground: '#ffffff',
  verdicts: {
    producerCutOff: '#d55e00',
    brokerOutage: '#9c3c00',
    clockAhead: '#b0407f',
    clockBehind: '#7d2a59',
    consumerInterleave: '#b07a00',
    repartition: '#7a5500',
    backfill: '#2b83b6',
    outOfOrderSource: '#0072b2',
    ordinary: '#8a96a0',
    undecided: '#5b6770',
  },
};

export const darkColours: Colours = {
  ink: '#edf2f5',
  faint: '#9aaab5',
  grid: '#26323b',
  ground: '#131b21',
  verdicts: {
    producerCutOff: '#ff8a3d',
    brokerOutage: '#ffb98a',
    clockAhead: '#e59ac6',
    clockBehind: '#f3c8e0',
    consumerInterleave: '#e6ad1a',
    repartition: '#f3d68a',
    backfill: '#8fd0f5',
    outOfOrderSource: '#56b4e9',
    ordinary: '#7d8a94',
    undecided: '#b8c4cc',
  },
};
