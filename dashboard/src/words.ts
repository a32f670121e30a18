import type { SourceState, VerdictKind, verdictClass } from '@tidemark/core';

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
