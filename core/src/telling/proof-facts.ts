import type { ProducerProof } from '../ingest/told.ts';
import { type ProduceFailure, produceFailures } from '../producer-report.ts';
import type { Fact, FactPart } from './evidence-facts.ts';
import { formatCounted } from './format.ts';

const failureWords: { readonly [K in ProduceFailure]: string } = {
  timeout: 'without an answer in time',
  connectionClosed: 'with the connection lost',
  noConnection: 'without a connection',
  refused: 'refused',
  other: 'by a fault of the client',
};

/** What the agent of a producer that is, or was, cut off said of it. */
export function proofFacts(proof: ProducerProof): Fact[] {
  const { acknowledgedMs, sinceMs, failures, host, processId, producers, linkedBy } = proof;
  const others = producers === 1 ? '' : `, and ${formatCounted(producers - 1, 'other')} of this source`;
  const failed = produceFailures.flatMap((kind) =>
    failures[kind] === undefined ? [] : [`${formatCounted(failures[kind], 'request')} ${failureWords[kind]}`],
  );
  return [
    {
      name: 'Its agent',
      value: [`process ${processId} on ${host}${others}; last heard saying so `, { atMs: proof.toldMs }],
      help:
        linkedBy === 'offsets'
          ? 'The offsets that it had acknowledged are those of this source.'
          : 'The broker knows it by the producer id of this source.',
    },
    {
      name: 'No acknowledgement',
      value: [
        `by ${proof.brokers.length === 0 ? 'any broker' : `broker ${proof.brokers.join(', ')}`} since `,
        { atMs: sinceMs },
        ...(acknowledgedMs === undefined ? [] : ['; the last one before came ', { atMs: acknowledgedMs }]),
      ],
    },
    { name: 'Tried', value: [failed.join(', ') || 'a request is under way'] },
    { name: 'Waiting', value: waitingParts(proof) },
  ];
}

function waitingParts({ waitingRecords, createdMs, givenUp, isAll }: ProducerProof): FactPart[] {
  const least = isAll || waitingRecords === 0 ? '' : ' at least: its owner hands over no more while it waits';
  const gaveUp = givenUp === 0 ? '' : `; ${formatCounted(givenUp, 'record')} given up and handed back`;
  return [
    formatCounted(waitingRecords, 'record'),
    least,
    ...(createdMs === undefined ? [] : [', the oldest made ', { atMs: createdMs }]),
    gaveUp,
  ].filter((part) => part !== '');
}
