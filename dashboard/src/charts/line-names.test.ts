import { describe, expect, test } from 'vitest';
import { placeNames } from './line-names.ts';

const area = { top: 0, bottom: 100 };

describe('names of lines never cover each other', () => {
  test.for([
    { why: 'apart already', wanted: [10, 50], want: [10, 50] },
    { why: 'upon each other: pushed down, in the order given', wanted: [10, 10, 10], want: [10, 25, 40] },
    { why: 'a pixel apart is the same place: the order given', wanted: [11, 10], want: [11, 26] },
    { why: 'at the foot: pushed up', wanted: [100, 100], want: [85, 100] },
    { why: 'below the picture: named at its foot', wanted: [900], want: [100] },
    { why: 'above the picture: named at its top', wanted: [-50], want: [0] },
  ])('$why', ({ wanted, want }) => expect(placeNames(wanted, area)).toEqual(want));
});
