import { type Colours, darkColours, type IncidentKind, lightColours } from '@tidemark/core';

/** The colours of the page's charts. Colour never speaks alone: lines have dashes and labels, bars have patterns. */
export interface Palette extends Colours {
  readonly streamTime: string;
  readonly trueTime: string;
  readonly watermark: string;
  readonly lead: string;
  /** What the true stream time lies in, and its edge. */
  readonly bound: string;
  readonly boundEdge: string;
  readonly sources: readonly string[];
  readonly spans: { readonly [K in IncidentKind | 'silent']: SpanColours };
}

export interface SpanColours {
  readonly fill: string;
  readonly edge: string;
  readonly text: string;
}

// A silence has edges only: the grey in it is what the true stream time lies in.
const lightSpans = {
  cut: { fill: 'rgba(213, 94, 0, 0.10)', edge: 'rgba(213, 94, 0, 0.9)', text: '#9a4300' },
  clock: { fill: 'rgba(176, 64, 127, 0.10)', edge: 'rgba(176, 64, 127, 0.9)', text: '#8c2c62' },
  consumer: { fill: 'rgba(148, 99, 0, 0.10)', edge: 'rgba(148, 99, 0, 0.9)', text: '#6e4a00' },
  replay: { fill: 'rgba(35, 120, 169, 0.10)', edge: 'rgba(35, 120, 169, 0.9)', text: '#1a5d84' },
  silent: { fill: 'transparent', edge: 'rgba(85, 99, 110, 0.8)', text: '#3e4a53' },
};

const darkSpans = {
  cut: { fill: 'rgba(255, 138, 61, 0.13)', edge: 'rgba(255, 138, 61, 0.9)', text: '#ffb98a' },
  clock: { fill: 'rgba(229, 154, 198, 0.13)', edge: 'rgba(229, 154, 198, 0.9)', text: '#f3c8e0' },
  consumer: { fill: 'rgba(240, 194, 59, 0.13)', edge: 'rgba(240, 194, 59, 0.9)', text: '#f3d68a' },
  replay: { fill: 'rgba(143, 208, 245, 0.13)', edge: 'rgba(143, 208, 245, 0.9)', text: '#c3e6fa' },
  silent: { fill: 'transparent', edge: 'rgba(154, 170, 181, 0.8)', text: '#c9d4db' },
};

/** Kinds of one family look alike; the label tells them apart. */
function spansOf(by: { readonly [K in keyof typeof lightSpans]: SpanColours }): Palette['spans'] {
  return {
    producerCutOff: by.cut,
    brokerOutage: by.cut,
    clockAhead: by.clock,
    clockBehind: by.clock,
    consumerInterleave: by.consumer,
    repartition: by.consumer,
    backfill: by.replay,
    silent: by.silent,
  };
}

export const light: Palette = {
  ...lightColours,
  streamTime: '#14212b',
  trueTime: '#c25100',
  watermark: '#6a3fa0',
  lead: 'rgba(213, 94, 0, 0.17)',
  bound: 'rgba(62, 74, 83, 0.13)',
  boundEdge: 'rgba(62, 74, 83, 0.45)',
  sources: ['#0072b2', '#007a59', '#b0407f', '#946300', '#2378a9', '#5b6770'],
  spans: spansOf(lightSpans),
};

export const dark: Palette = {
  ...darkColours,
  streamTime: '#edf2f5',
  trueTime: '#ff8a3d',
  watermark: '#b9a0f2',
  lead: 'rgba(255, 138, 61, 0.20)',
  bound: 'rgba(201, 212, 219, 0.13)',
  boundEdge: 'rgba(201, 212, 219, 0.45)',
  sources: ['#56b4e9', '#2cc79b', '#e59ac6', '#f0c23b', '#8fd0f5', '#b8c4cc'],
  spans: spansOf(darkSpans),
};

/** One a colour: two lines never share both. The stream times are solid, so no source is. */
export const dashes: readonly (readonly number[])[] = [
  [8, 4],
  [2, 3],
  [11, 4, 2, 4],
  [15, 4],
  [5, 2, 1, 2],
  [1, 4],
];
