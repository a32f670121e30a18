import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Agenda } from './agenda.ts';

test('everything due comes once, in order of time, and nothing else', () => {
  const step = fc.oneof(
    fc.record({ add: fc.nat(20) }),
    fc.record({ take: fc.nat(25) }),
    fc.record({ delete: fc.nat(40) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const agenda = new Agenda<number>();
      let pending: { at: number; item: number }[] = [];
      for (const [item, one] of steps.entries()) {
        if ('add' in one) {
          agenda.add(one.add, item);
          pending.push({ at: one.add, item });
        } else if ('delete' in one) {
          const gone = pending[one.delete % Math.max(1, pending.length)];
          if (gone) agenda.delete(gone.at, gone.item);
          pending = pending.filter((other) => other !== gone);
        } else {
          const got: { at: number; item: number }[] = [];
          agenda.take(one.take, (due, at) => got.push({ at, item: due }));
          const want = pending.filter(({ at }) => at <= one.take).sort((a, b) => a.at - b.at || a.item - b.item);
          expect(got).toEqual(want);
          pending = pending.filter(({ at }) => at > one.take);
        }
      }
    }),
    { numRuns: 500 },
  );
});
