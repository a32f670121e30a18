import { expect, test } from 'vitest';
import { incidentAddress, routeOf } from './route.ts';

test.for([
  { hash: '', want: { kind: 'all' } },
  { hash: '#', want: { kind: 'all' } },
  { hash: '#headline', want: { kind: 'all' } },
  { hash: '#incident-', want: { kind: 'all' } },
  { hash: '#incident-cut-1', want: { kind: 'incident', id: 'cut-1' } },
  { hash: incidentAddress('a b/ü'), want: { kind: 'incident', id: 'a b/ü' } },
  { hash: '#incident-%E0%A4%A', want: { kind: 'incident', id: '%E0%A4%A' } },
])('$hash', ({ hash, want }) => expect(routeOf(hash)).toEqual(want));
