import { nodeTooOld } from './node-version.ts';
import { say } from './say.ts';

/**
 * The preload: `node --import tidemark/register consumer.js`. This file and what it imports must run on every Node that
 * someone may still have, to tell that it is too old; everything else is loaded only where it works.
 */
const tooOld = nodeTooOld();
if (tooOld === undefined) {
  const { attachEveryKafka } = await import('./preload.ts');
  attachEveryKafka();
} else say(tooOld);
