import { audit } from '@tidemark/core';
import { buildJudge } from '../../testbed/src/judges/build.ts';
import { engineNamed } from '../../testbed/src/judges/engines.ts';
import { JudgeProcess } from '../../testbed/src/judges/judge-process.ts';
import { makeTrace, type Trace } from '../dialects/trace.ts';
import { type Median, medianOf } from '../median.ts';

const records = 20_000;
/** So that our half of a pair lasts long enough to be timed. */
const repeats = 10;
const warmUps = 3;
const graceMs = 10_000;
const window = { kind: 'tumbling', sizeMs: 60_000 } as const;
const spec = {
  engine: 'kafka-streams',
  window,
  graceMs,
  retentionMs: undefined,
  timestampExtractor: 'FailOnInvalidTimestamp',
} as const;
const policy: audit.AuditPolicy = {
  name: 'tumbling',
  spec,
  tasks: 'all',
  emit: 'onWindowUpdate',
  objective: undefined,
};
const slacksMs = audit.usualSlacksMs([graceMs]);

/** How many times faster than the engine's own test driver on the same records; that both drop as many is checked in each pair. */
export async function vsTestDriver(pairs: number): Promise<Median> {
  const { name, versionProperty, version } = engineNamed('kafka-streams');
  const properties = { [versionProperty]: version };
  const judge = await JudgeProcess.start(await buildJudge({ project: name, properties, onProgress: console.error }));
  try {
    const trace = makeTrace(records);
    const given = {
      trace: { keys: trace.keys, ts: [...trace.eventsMs] },
      spec: { window: { type: 'tumbling', sizeMs: window.sizeMs }, graceMs, graceApi: 'and' },
    };
    const ratios: number[] = [];
    for (let pair = -warmUps; pair < pairs; pair++) {
      const driver = await judge.ask({ kind: 'time', ...(pair === -warmUps ? given : {}) });
      const startedNs = process.hrtime.bigint();
      let counted = 0;
      for (let i = 0; i < repeats; i++) counted = audited(trace);
      const tookNs = Number(process.hrtime.bigint() - startedNs) / repeats;
      if (counted !== driver.dropped) throw new Error(`we drop ${counted}, the driver ${driver.dropped}`);
      if (pair >= 0) ratios.push(Number(driver.tookNs) / tookNs);
    }
    return medianOf(ratios);
  } finally {
    await judge.stop();
  }
}

/** With the whole curve: more than the driver does. */
function audited({ eventsMs }: Trace): number {
  const directory = new audit.Directory();
  const of = new audit.Audit({
    directory,
    policies: [policy],
    hasKeys: false,
    appendTimes: 'modelled',
    choices: ['event'],
    clockBoundMs: 0,
    takenWithinMs: 5_000,
    withCauses: false,
    withOrder: false,
    slacksMs,
  });
  const record = audit.createAudited();
  record.place = directory.placeOf('orders', 0);
  record.source = directory.sourceOf({ kind: 'partition', topic: 'orders', partition: 0 });
  for (let i = 0; i < eventsMs.length; i++) {
    record.offset = i;
    record.eventMs = record.arrivalMs = eventsMs[i]!;
    of.take(record);
  }
  return of.policies[0]!.counted;
}
