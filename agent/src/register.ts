import module from 'node:module';
import { say } from './say.ts';

/**
 * The preload: `node --import tidemark/register consumer.js`. This file and `say.ts` must run on every Node that someone may
 * still have, to tell that it is too old; everything else is loaded only where it works.
 */
if (typeof module.registerHooks === 'function') {
  const { attachEveryKafka } = await import('./preload.ts');
  attachEveryKafka();
} else {
  say(
    `not attached: Node ${process.version} cannot attach, it needs 22.15 or later, or 24; the consumer goes on unobserved`,
  );
}
