import { expect, test } from 'vitest';
import type { Incident } from './incident.ts';
import { toldInIncidents } from './told-producers.ts';

const b = { kind: 'named', name: 'B' } as const;
const incident = (change: Partial<Pick<Incident, 'status' | 'group'>> = {}) =>
  ({ status: 'open', group: 'billing', source: b, ...change }) as Incident;

test.for([
  { why: 'nothing happened', incidents: [], want: false },
  { why: 'its source, in a group that reads it', incidents: [incident()], want: true },
  { why: 'over', incidents: [incident({ status: 'closed' })], want: false },
  { why: 'a suspicion accuses nobody', incidents: [incident({ status: 'suspected' })], want: false },
  { why: 'somebody of that name in another group', incidents: [incident({ group: 'other' })], want: false },
])('an incident tells of a producer: $why', ({ incidents, want }) => {
  expect(toldInIncidents(incidents)({ sources: [{ group: 'billing', source: b, by: 'offsets' }] })).toBe(want);
  expect(toldInIncidents(incidents)({ sources: [] })).toBe(false);
});
