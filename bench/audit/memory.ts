import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { History } from './history.ts';
import { auditOf } from './runs.ts';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What an audit holds when it is done, beside the history itself. */
export function keptBytes(records: number): number {
  const history = new History(records);
  const beforeBytes = usedBytes();
  const audit = auditOf(history, { slacks: 'thousand', withOrder: true });
  const keptBytes = usedBytes() - beforeBytes;
  if (audit.records !== history.count) throw new Error('the audit has not taken all records');
  return keptBytes;
}

function usedBytes(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
