import { isConfirmed } from '@tidemark/core';
import { pause } from './cast.ts';
import type { CollectorClient } from './collector-client.ts';
import { incidentWords, noIncidentWords, words } from './narrator.ts';
import { planStory, type Variant, variants } from './plan.ts';
import { playStory } from './story.ts';

const betweenStoriesMs = 5_000;
const lookEveryMs = 1_000;
/** After a story, until the last reports are in and judged. */
const settleMs = 5_000;

/** Stories for someone who watches, one after the other, until `signal`. */
export async function tellStories(options: {
  readonly brokers: readonly string[];
  readonly collector: CollectorClient;
  readonly firstVariant: Variant;
  readonly seed: number;
  readonly anonymous: boolean;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}): Promise<never> {
  const { brokers, collector, signal, anonymous, print } = options;
  const first = variants.indexOf(options.firstVariant);
  for (let turn = 0; ; turn++) {
    const variant = variants[(first + turn) % variants.length]!;
    const plan = planStory({ variant, seed: options.seed + turn, anonymous, live: true });
    let group = '';
    const watching = new AbortController();
    const watched = watchIncidents(collector, () => group, AbortSignal.any([signal, watching.signal]), print);
    try {
      await playStory(
        {
          brokers,
          collectorUrl: collector.url,
          signal,
          tell: (moment) => {
            if (moment.kind === 'opens') group = moment.group;
            const line = words(moment);
            if (line) print(line);
          },
        },
        plan,
        (_, storySignal) => pause(settleMs, storySignal),
      );
    } finally {
      watching.abort();
    }
    const said = await watched;
    if (said === 0) {
      const { totals } = await collector.assessment();
      print(noIncidentWords(totals.filter((total) => total.group === group)));
    }
    await pause(betweenStoriesMs, signal);
  }
}

/**
 * Tells of each incident when it is first seen, and once more at the end if that has changed: its numbers move while it
 * still costs records. Returns how many there were.
 */
async function watchIncidents(
  collector: CollectorClient,
  group: () => string,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<number> {
  const told = new Map<string, string>();
  const latest = new Map<string, string>();
  while (!signal.aborted) {
    await pause(lookEveryMs, signal).catch(() => {});
    // A collector that is restarted meanwhile is no reason to end the demo: it is asked again.
    for (const incident of await collector.incidents(group()).catch(() => [])) {
      if (!isConfirmed(incident)) continue;
      latest.set(incident.id, incidentWords(incident));
      if (told.has(incident.id)) continue;
      told.set(incident.id, incidentWords(incident));
      print(incidentWords(incident));
    }
  }
  for (const [id, line] of latest) {
    if (line !== told.get(id)) print(line);
  }
  return told.size;
}
