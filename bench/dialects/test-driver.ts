import { buildJudge } from '../../testbed/src/judges/build.ts';
import { engineNamed } from '../../testbed/src/judges/engines.ts';
import { JudgeProcess } from '../../testbed/src/judges/judge-process.ts';
import { type Median, medianOf } from '../median.ts';
import { graceMs, shapes, streams } from './runs.ts';
import { makeTrace } from './trace.ts';

export interface AgainstDriver {
  readonly window: 'tumbling' | 'session';
  /** The driver's time by ours: how many times faster we are. */
  readonly ratio: Median;
  readonly driverNsPerRecord: number;
  readonly ourNsPerRecord: number;
}

const records = 20_000;
/** So that our half of a pair lasts long enough to be timed. */
const repeats = 10;
const warmUps = 3;

/**
 * The same trace through the test driver's own front door and through our dialect, in turns. Both count windows and send
 * updates on; that they refuse and send the same is checked in every pair.
 */
export async function vsTestDriver(pairs: number): Promise<AgainstDriver[]> {
  const { name, versionProperty, version } = engineNamed('kafka-streams');
  const properties = { [versionProperty]: version };
  const judge = await JudgeProcess.start(await buildJudge({ project: name, properties, onProgress: console.error }));
  try {
    return [await against(judge, 'tumbling', pairs), await against(judge, 'session', pairs)];
  } finally {
    await judge.stop();
  }
}

async function against(judge: JudgeProcess, window: AgainstDriver['window'], pairs: number): Promise<AgainstDriver> {
  const trace = makeTrace(records);
  const shape = shapes[window];
  const { kind: type, ...lengths } = shape;
  const spec = { window: { type, ...lengths }, graceMs, graceApi: 'and' };
  const given = { trace: { keys: trace.keys, ts: [...trace.eventsMs] }, spec };
  const times: { driver: number; ours: number }[] = [];
  for (let pair = -warmUps; pair < pairs; pair++) {
    const driver = await judge.ask({ kind: 'time', ...(pair === -warmUps ? given : {}) });
    const startedNs = process.hrtime.bigint();
    let outcome = streams(shape, trace);
    for (let i = 1; i < repeats; i++) outcome = streams(shape, trace);
    const tookNs = Number(process.hrtime.bigint() - startedNs);
    if (outcome.dropped !== driver.dropped || outcome.updates !== driver.updates) {
      throw new Error(`${window}: ours ${JSON.stringify(outcome)}, the driver's ${JSON.stringify(driver)}`);
    }
    if (pair >= 0) times.push({ driver: Number(driver.tookNs) / records, ours: tookNs / records / repeats });
  }
  return {
    window,
    ratio: medianOf(times.map(({ driver, ours }) => driver / ours)),
    driverNsPerRecord: medianOf(times.map(({ driver }) => driver)).median,
    ourNsPerRecord: medianOf(times.map(({ ours }) => ours)).median,
  };
}
