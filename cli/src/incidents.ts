import { setTimeout as sleep } from 'node:timers/promises';
import { type IncidentsSettings, readIncidentsSettings } from '@tidemark/config';
import { type Incident, shownUrl } from '@tidemark/core';
import { answerOf, complain, noCollector, runAsking, Unanswered } from './ask-collector.ts';
import { incidentText, listText, turnText, wanted } from './incident-text.ts';

/** As of `diff` and `grep`: a script asks whether something is open by the exit code alone. */
const exitCodes = { calm: 0, open: 1 } as const;
const askEveryMs = 1_000;
const command = 'incidents';

/** `tidemark incidents [ID]`: asks a collector what happened. */
export async function runIncidents(flags: readonly string[]): Promise<void> {
  await runAsking(command, readIncidentsSettings(process.env, flags), (settings) => {
    const ask = settings.watch ? follow : settings.id === undefined ? list : one;
    return ask(settings);
  });
}

async function list(settings: IncidentsSettings): Promise<number> {
  const incidents = wanted(await incidentsOf(settings), Date.now(), settings.all);
  if (settings.json) say(JSON.stringify(incidents, undefined, 2));
  else if (incidents.length > 0) say(listText(incidents, sheet()));
  else
    say(
      settings.all ? 'No incident.' : 'No incident is open, and none ended within the last hour (--all: earlier ones).',
    );
  return codeOf(incidents);
}

async function one(settings: IncidentsSettings): Promise<number> {
  const id = settings.id!;
  const incident = await answerOf<Incident>(
    settings.collectorUrl,
    `/api/incidents/${encodeURIComponent(id)}`,
    '"tidemark incidents --all" lists those that it keeps',
  );
  if (settings.json) say(JSON.stringify(incident, undefined, 2));
  else say(incidentText(incident, `${shownUrl(settings.collectorUrl)}/#incident-${encodeURIComponent(id)}`, sheet()));
  return codeOf([incident]);
}

/** A line when an incident turns up, is confirmed, is over or is withdrawn. Ends when it is told to. */
async function follow(settings: IncidentsSettings): Promise<number> {
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => ending.abort());
  let known: ReadonlyMap<string, Incident['status']> | undefined;
  let isAway = false;
  while (!ending.signal.aborted) {
    try {
      const incidents = await incidentsOf(settings);
      if (isAway) complain(command, `the collector at ${shownUrl(settings.collectorUrl)} answers again`);
      isAway = false;
      const before = known;
      const news =
        before === undefined
          ? wanted(incidents, Date.now(), settings.all)
          : wanted(incidents, Date.now(), true).filter(({ id, status }) => before.get(id) !== status);
      for (const incident of news.toReversed()) say(settings.json ? JSON.stringify(incident) : turnText(incident));
      known = new Map(incidents.map(({ id, status }) => [id, status]));
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      if (!isAway) complain(command, `${error.message}; trying again`);
      isAway = true;
    }
    await sleep(askEveryMs, undefined, { signal: ending.signal }).catch(() => {});
  }
  return exitCodes.calm;
}

async function incidentsOf(settings: IncidentsSettings): Promise<readonly Incident[]> {
  const incidents = await answerOf<readonly Incident[]>(settings.collectorUrl, '/api/incidents');
  if (!Array.isArray(incidents)) throw new Unanswered(noCollector(settings.collectorUrl));
  return incidents;
}

function codeOf(incidents: readonly Incident[]): number {
  return incidents.some((incident) => incident.status === 'open') ? exitCodes.open : exitCodes.calm;
}

function sheet(): { readonly widthColumns: number | undefined } {
  return { widthColumns: process.stdout.isTTY ? process.stdout.columns : undefined };
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
