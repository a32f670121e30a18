import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

export type Contestant = 'tidemark' | 'java' | 'kcat' | 'kafkajs';

export interface Reading {
  readonly recordsPerSecond: number;
  /** Of the whole process, its start too. */
  readonly cpuNsPerRecord: number;
}

export interface Field {
  readonly broker: string;
  readonly java: string;
  readonly tools: string;
  readonly records: number;
  /** It takes ten times as long as ours, so it reads a part. */
  readonly kafkajsRecords: number;
  /** How long kcat takes where there is nothing to read, which is not counted. */
  readonly kcatStartMs: number;
}

/** Each reads the topic from its beginning in a process of its own; the rate is that from its first fetch to its last record. */
export async function read(contestant: Contestant, topic: string, field: Field): Promise<Reading> {
  const { broker, records, kafkajsRecords, java, tools } = field;
  switch (contestant) {
    case 'tidemark':
      return ownReading(await timed(nodeArgs('read-tidemark.ts', broker, topic)));
    case 'kafkajs':
      return ownReading(await timed(nodeArgs('read-kafkajs.ts', broker, topic, String(kafkajsRecords))));
    case 'java': {
      const tool = ['-Xmx512m', '-cp', join(tools, '*'), 'org.apache.kafka.tools.ConsumerPerformance'];
      const where = ['--bootstrap-server', broker, '--topic', topic, '--num-records', String(records)];
      const { output, cpuMs } = await timed([java, ...tool, ...where, '--timeout', '60000', '--hide-header']);
      // start, end, MB, MB/s, records, records/s, ms of rebalance, ms of fetch, MB/s of fetch, records/s of fetch
      const columns = output.split('\n').map((line) => line.split(', '));
      const found = columns.find((line) => line.length === 10);
      if (found === undefined) throw new Error(`kafka-consumer-perf-test said: ${output.slice(-500)}`);
      return { recordsPerSecond: Number(found[9]), cpuNsPerRecord: (cpuMs * 1e6) / Number(found[4]) };
    }
    case 'kcat': {
      const { wallMs, cpuMs } = await kcat(broker, topic);
      return {
        recordsPerSecond: (records * 1000) / (wallMs - field.kcatStartMs),
        cpuNsPerRecord: (cpuMs * 1e6) / records,
      };
    }
  }
}

export function kcat(broker: string, topic: string): Promise<Timed> {
  return timed(['kcat', '-b', broker, '-C', '-t', topic, '-o', 'beginning', '-e', '-q', '-f', '%T\\n'], '> /dev/null');
}

export async function hasKcat(): Promise<boolean> {
  return run('kcat', ['-V']).then(
    () => true,
    () => false,
  );
}

interface Timed {
  readonly output: string;
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** The shell tells what its children used, which Node does not. */
async function timed(command: readonly string[], redirect = ''): Promise<Timed> {
  const startedMs = performance.now();
  const { stdout } = await run('bash', ['-c', `"$@" ${redirect} || exit 1; times`, 'timed', ...command], {
    maxBuffer: 1e8,
  });
  const wallMs = performance.now() - startedMs;
  const [children = ''] = stdout.trim().split('\n').slice(-1);
  return { output: stdout, wallMs, cpuMs: children.split(' ').reduce((sum, time) => sum + msOf(time), 0) };
}

/** `times` writes 1m2.345s. */
function msOf(time: string): number {
  const [, minutes, seconds] = /^(\d+)m([\d.,]+)s$/.exec(time) ?? [];
  return Number(minutes) * 60_000 + Number(seconds?.replace(',', '.')) * 1000;
}

function ownReading({ output, cpuMs }: Timed): Reading {
  const { records, elapsedMs } = JSON.parse(output.split('\n')[0]!) as { records: number; elapsedMs: number };
  return { recordsPerSecond: (records * 1000) / elapsedMs, cpuNsPerRecord: (cpuMs * 1e6) / records };
}

function nodeArgs(script: string, ...args: string[]): string[] {
  const path = fileURLToPath(new URL(script, import.meta.url));
  return [process.execPath, '--conditions=tidemark-source', '--disable-warning=TimeoutNegativeWarning', path, ...args];
}
