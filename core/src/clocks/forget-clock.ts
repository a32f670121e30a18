import { forgetChannels } from '../clock/attribute.ts';
import { clockOfReceiver } from './channels.ts';
import type { ClockFold, ClockNode } from './clock-fold.ts';
import { forgetPairsOf } from './pairs.ts';

/** All that is known of a clock that is gone, or is another one's. */
export function forgetClock(fold: ClockFold, id: string): void {
  fold.clocks.delete(id);
  forgetPairsOf(fold, id);
  for (const [key, channel] of fold.channels) if (channel.from === id || channel.to === id) fold.channels.delete(key);
  forgetChannels(fold.matrix, ({ producer, broker }) => producer === id || clockOfReceiver(broker) === id);
}

/** Its clock was set, or may have been: what its stamps have told so far says nothing of it any more. */
export function beginAnew(fold: ClockFold, node: ClockNode, nowMs: number): void {
  forgetPairsOf(fold, node.id);
  node.steadySinceMs = nowMs;
}
