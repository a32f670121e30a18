import type { dialects } from '@tidemark/core';
import { integer, noOther, object, oneOf } from './read.ts';

/** A window as the oracle files write it. */
export function readWindow(value: unknown): dialects.WindowShape {
  const where = 'spec.window';
  const fields = object(value, where);
  const kind = oneOf(fields.type, `${where}.type`, ['tumbling', 'hopping', 'sliding', 'session']);
  const ms = (name: string): number => integer(fields[name], `${where}.${name}`);
  const offset = fields.offsetMs === undefined ? {} : { offsetMs: ms('offsetMs') };
  const read: Record<typeof kind, () => [dialects.WindowShape, string[]]> = {
    tumbling: () => [{ kind: 'tumbling', sizeMs: ms('sizeMs'), ...offset }, ['sizeMs', 'offsetMs']],
    hopping: () => [
      { kind: 'hopping', sizeMs: ms('sizeMs'), advanceMs: ms('advanceMs'), ...offset },
      ['sizeMs', 'advanceMs', 'offsetMs'],
    ],
    sliding: () => [{ kind: 'sliding', differenceMs: ms('timeDifferenceMs') }, ['timeDifferenceMs']],
    session: () => [{ kind: 'session', gapMs: ms('gapMs') }, ['gapMs']],
  };
  const [window, names] = read[kind]();
  noOther(fields, where, ['type', ...names]);
  return window;
}
