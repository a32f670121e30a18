import { basename } from 'node:path';
import type { Mismatch } from '../mismatch.ts';
import { judgeAttribute } from './judge-attribute.ts';
import { judgeBounds } from './judge-bounds.ts';
import { judgeDrift } from './judge-drift.ts';
import { judgeLiar } from './judge-liar.ts';
import { judgeChronyTracking, judgeHostClock, judgeNtpPackets } from './judge-packets.ts';
import { judgeRealKafka } from './judge-real-kafka.ts';
import { judgeStep } from './judge-step.ts';
import { judgeUse } from './judge-use.ts';

/**
 * Runs one file of clock vectors through core and says what differs; nothing if it passes. A file that cannot be made
 * sense of differs too.
 */
export function judgeClockFile(path: string, content: unknown): Mismatch[] {
  const name = basename(path).replace(/\.json(\.gz)?$/, '');
  const kind = kindOf(content) ?? namedKinds.find((named) => name.includes(named)) ?? name;
  const judge = judges[kind];
  if (judge === undefined) return [{ where: 'kind', want: Object.keys(judges), got: kind }];
  try {
    return judge(content as never);
  } catch (error) {
    return [{ where: 'content', want: 'a file as clocks/README.md describes it', got: String(error) }];
  }
}

const judges: { readonly [kind: string]: (content: never) => Mismatch[] } = {
  bounds: judgeBounds,
  liar: judgeLiar,
  drift: judgeDrift,
  step: judgeStep,
  attribute: judgeAttribute,
  use: judgeUse,
  'real-kafka': judgeRealKafka,
  'ntp-packets': judgeNtpPackets,
  'chrony-tracking': judgeChronyTracking,
  'host-clock': judgeHostClock,
};

/** Files without a kind: they are known by their names, with whatever stands around them. */
const namedKinds = ['ntp-packets', 'chrony-tracking', 'host-clock', 'real-kafka'];

function kindOf(content: unknown): string | undefined {
  return typeof content === 'object' && content !== null && 'kind' in content ? String(content.kind) : undefined;
}
