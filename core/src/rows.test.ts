import { deserialize, serialize } from 'node:v8';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnOf, copyOfRows, createRows, dropNewest, dropOldest, keepBelow, pushRow, type Rows } from './rows.ts';

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('push' as const), value: fc.double() }) },
    { weight: 2, arbitrary: fc.constant({ kind: 'dropOldest' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'dropNewest' as const }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('keepBelow' as const), value: fc.double({ noNaN: true }) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'store' as const }) },
  ),
  { maxLength: 200 },
);

test.for([1, 3, 4, 5, 17])('%i rows at most: the same as a list that forgets its oldest', (max) => {
  fc.assert(
    fc.property(steps, (taken) => {
      let rows: Rows = createRows(2, max);
      let list: number[] = [];
      for (const step of taken) {
        if (step.kind === 'push') {
          pushRow(rows, [step.value, -step.value]);
          list = [...list, step.value].slice(-max);
        } else if (step.kind === 'keepBelow') {
          const kept = list.filter((value) => value < step.value);
          expect(keepBelow(rows, 0, step.value)).toBe(list.length - kept.length);
          list = kept;
        } else if (step.kind === 'store') {
          rows = deserialize(serialize(copyOfRows(rows)));
        } else if (list.length > 0) {
          if (step.kind === 'dropOldest') list.shift();
          else list.pop();
          (step.kind === 'dropOldest' ? dropOldest : dropNewest)(rows);
        }
      }
      expect([...columnOf(rows, 0)]).toEqual(list);
      expect([...columnOf(rows, 1)]).toEqual(list.map((value) => -value));
      expect(rows.values.length).toBeLessThanOrEqual(2 * max);
    }),
  );
});

test('a copy is a copy', () => {
  const rows = createRows(1, 2);
  pushRow(rows, [1]);
  const copy = copyOfRows(rows);
  pushRow(rows, [2]);
  pushRow(rows, [3]);
  expect([...columnOf(copy, 0)]).toEqual([1]);
});
