import { fileURLToPath } from 'node:url';
import type { CollectorSettings, StoreSettings } from '@tidemark/config';
import type { TopologySpec } from '@tidemark/core';
import type { Logger } from 'pino';
import { createApp } from './app.ts';
import { createCollector } from './collector.ts';
import { type Serving, serve } from './server.ts';
import { Store } from './store/store.ts';
import { startTicking, systemNowMs } from './tick.ts';

/** Built by `npm run build` at the repository's root, and in the package: beside the sources and beside what is built of them. */
const builtPage = fileURLToPath(new URL('../page', import.meta.url));

/** Why there is no store, with its cure. */
export class StoreUnusable extends Error {}

/** A collector that listens and ticks. Rejects with a `StoreUnusable`, or with node's own error if it cannot listen. */
export async function startCollector(settings: CollectorSettings, log: Logger): Promise<Serving> {
  const { dashboard: pageDirectory = builtPage, topology } = settings;
  const store = settings.store === undefined ? undefined : openStore(settings.store, { log, topology });
  const collector = createCollector({ nowMs: systemNowMs, log, pageDirectory, store, topology });
  let serving: Serving;
  try {
    serving = await serve(createApp(collector), settings.listen);
  } catch (error) {
    await store?.close();
    throw error;
  }
  const stopTicking = startTicking(collector, settings.tickMs);
  return {
    url: serving.url,
    close: async () => {
      stopTicking();
      collector.streams.endAll();
      await serving.close();
      await store?.close();
    },
  };
}

function openStore(
  settings: StoreSettings,
  parts: { readonly log: Logger; readonly topology: TopologySpec | undefined },
): Store {
  try {
    return new Store(settings, { ...parts, nowMs: systemNowMs });
  } catch (error) {
    throw new StoreUnusable(`cannot use the store in ${settings.folder}: ${(error as Error).message}`);
  }
}
