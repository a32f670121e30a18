import type { Assessment } from '../assess/assessment.ts';
import { type FindingSubject, findingKinds } from '../findings/finding.ts';
import { type Metric, type Row, row } from './metric.ts';

export const findingMetrics: readonly Metric[] = [
  {
    name: 'tidemark_findings_open',
    kind: 'gauge',
    help: 'What a person should know of the clocks or the stream now, by kind and whom it is about. 0 without a subject: none.',
    labels: ['kind', 'subject'],
    beyondCap: 'sum',
    rows: openFindings,
  },
];

/** Also a zero for each kind of which nothing is open: an alert must see a number go back, not a row vanish. */
function openFindings({ findings }: Assessment): Row[] {
  const open = findings.filter(({ status }) => status === 'open');
  return findingKinds.flatMap((kind) => {
    const subjects = Map.groupBy(
      open.filter((finding) => finding.kind === kind),
      ({ subject }) => subjectName(subject),
    );
    if (subjects.size === 0) return [row([kind, ''], 0)];
    return [...subjects].map(([subject, found]) => row([kind, subject], found.length));
  });
}

function subjectName(subject: FindingSubject): string {
  switch (subject.kind) {
    case 'clock':
    case 'server':
      return subject.name;
    case 'path':
      return `${subject.from} to ${subject.to}`;
    case 'clocks':
      return subject.names.join(', ');
  }
}
