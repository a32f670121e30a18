/**
 * What a story on real processes plans, it can plan only for a machine that runs. Where something stood still that the story
 * leaves alone, another story was told: it is played again, at most twice.
 *
 *     test('…', playedAgain, async () => { …; mustHaveRun({ 'an event of A’s': waitedMs }); … });
 */
export const playedAgain: { readonly retry: { readonly count: number; readonly condition: RegExp } } = {
  retry: { count: 2, condition: /^This machine stood still/ },
};

/** A second is what makes a record's lateness material. */
const materialMs = 1_000;

/** `heldUpMs`: what was held up, and for how long at most. Throws if that is too long for the story. */
export function mustHaveRun(heldUpMs: { readonly [what: string]: number }, maxHeldUpMs: number = materialMs): void {
  for (const [what, ms] of Object.entries(heldUpMs)) {
    if (ms > maxHeldUpMs) throw new Error(`This machine stood still: ${what} was held up for ${Math.round(ms)} ms`);
  }
}
