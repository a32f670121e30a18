import type { Incident } from '@tidemark/core';
import { pause } from './cast.ts';
import type { CollectorClient } from './collector-client.ts';
import { incidentWords, noIncidentWords, words } from './narrator.ts';
import { planStory, type Variant, variants } from './plan.ts';
import { playStory } from './story.ts';

const betweenStoriesMs = 5_000;
const lookEveryMs = 1_000;
/** An incident's numbers move while it still costs records: it is told again once they have stood still this long. */
const settledForMs = 3_000;

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
        (_, storySignal) => pause(settledForMs + 2_000, storySignal),
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

/** Tells of each incident once when it is first seen and once more when it has settled. Returns how many there were. */
async function watchIncidents(
  collector: CollectorClient,
  group: () => string,
  signal: AbortSignal,
  print: (line: string) => void,
): Promise<number> {
  const told = new Map<string, { revision: number; sinceMs: number; isFinal: boolean }>();
  try {
    for (;;) {
      await pause(lookEveryMs, signal);
      // A collector that is restarted meanwhile is no reason to end the demo: it is asked again.
      const incidents: Incident[] = await collector.incidents(group()).catch(() => []);
      for (const incident of incidents) {
        const known = told.get(incident.id);
        const nowMs = performance.now();
        if (known?.revision !== incident.revision) {
          if (!known) print(incidentWords(incident));
          told.set(incident.id, { revision: incident.revision, sinceMs: nowMs, isFinal: false });
        } else if (!known.isFinal && incident.end && nowMs - known.sinceMs > settledForMs) {
          known.isFinal = true;
          print(incidentWords(incident));
        }
      }
    }
  } catch (error) {
    if (signal.aborted) return told.size;
    throw error;
  }
}
