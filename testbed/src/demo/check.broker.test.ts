import { expect, inject, test } from 'vitest';
import { checkStory } from './check-story.ts';

const { brokers, missing } = inject('broker');

test.skipIf(missing)(
  `a cut cable, from the broker to the verdict${missing ? ` (${missing})` : ''}`,
  async () => {
    const { exitCode, result, notes } = await checkStory(brokers, ['--variant', 'cut', '--seed', '1']);
    expect(result, notes).toMatchObject({ ok: true, variant: 'cut', seed: 1 });
    expect(result?.said.droppedOffsets).toEqual(result?.did.droppedOffsets);
    expect(exitCode).toBe(0);
    // As often as it may be played.
  },
  600_000,
);
