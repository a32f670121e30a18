import type { PolicySpec } from '../dialects/policy-spec.ts';
import { GridRun, hasGrid } from './grid-run.ts';
import type { PolicyRun } from './judgement.ts';
import { SessionRun, SlidingRecordsRun, StreamsRun } from './keyed-run.ts';

/** Whether a policy can be audited without keys: which records it refuses does not depend on them. */
export function needsKeys({ window }: PolicySpec): boolean {
  return window.kind === 'session';
}

/** `partitionCount`: of the task. */
export function policyRun(
  spec: PolicySpec,
  { partitionCount, hasKeys }: { readonly partitionCount: number; readonly hasKeys: boolean },
): PolicyRun {
  if (hasGrid(spec)) return new GridRun(spec, partitionCount);
  if (spec.engine !== 'kafka-streams') return new SessionRun(spec, partitionCount);
  if (spec.window.kind === 'sliding' && !hasKeys) return new SlidingRecordsRun(spec);
  return new StreamsRun(spec);
}
