import { fileURLToPath } from 'node:url';
import type { CollectorSettings } from '@tidemark/config';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { createCollector } from './collector.ts';
import { type Serving, serve } from './server.ts';
import { startTicking, systemNowMs } from './tick.ts';

/** Built by `npm run build` at the repository's root, and in the package: beside the sources and beside what is built of them. */
const builtPage = fileURLToPath(new URL('../page', import.meta.url));

/** A collector that listens and ticks. Rejects, with node's own error, if it cannot listen. */
export async function startCollector(settings: CollectorSettings, log: Logger): Promise<Serving> {
  const { dashboard: pageDirectory = builtPage, topology } = settings;
  const collector = createCollector({ nowMs: systemNowMs, log, pageDirectory, topology });
  const serving = await serve(createApp(collector), settings.listen);
  const stopTicking = startTicking(collector, settings.tickMs);
  return {
    url: serving.url,
    close: async () => {
      stopTicking();
      collector.streams.endAll();
      await serving.close();
    },
  };
}
