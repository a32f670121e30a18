import { type Assessment, isConfirmed, type SeriesPoint } from '@tidemark/core';
import { agentRows, collectorProblems } from './agent-rows.ts';
import { type Connection, listen, type Update } from './api.ts';
import { byId } from './element.ts';
import { groupRows } from './group-rows.ts';
import { headlineOf } from './headline.ts';
import { morph } from './morph.ts';
import { agentsPanel } from './panels/agents.ts';
import { groupsPanel } from './panels/groups.ts';
import {
  bannerText,
  connectionText,
  emptyPanel,
  headlinePanel,
  loadingPanel,
  nothingPanel,
} from './panels/headline.ts';
import { incidentPanel, unknownIncidentPanel } from './panels/incident.ts';
import { incidentsPanel } from './panels/incidents.ts';
import { sourcesPanel } from './panels/tables.ts';
import { taskCardPanel } from './panels/tasks.ts';
import { topologyPanel } from './panels/topology.ts';
import { Plots } from './plots.ts';
import { incidentAddress, routeOf } from './route.ts';
import { mergePoints, windowAt } from './series.ts';
import { taskCards, taskToShow } from './task-cards.ts';
import { ThemeChoice } from './theme.ts';
import { layoutOf } from './topology/layout.ts';
import { nodeRows } from './topology/node-rows.ts';
import { moreText, partitionRows, sourceRows } from './view.ts';

/** All that the page knows; what is drawn follows from it. */
const state = {
  connection: { kind: 'connecting' } as Connection,
  assessment: undefined as Assessment | undefined,
  points: [] as readonly SeriesPoint[],
  /** Undefined: the page chooses. */
  pickedTask: undefined as string | undefined,
  shownTask: undefined as string | undefined,
  windowMinutes: 5,
  taskFilter: '',
  sourceFilter: '',
};

const plots = new Plots();
let scheduled = false;
const theme = new ThemeChoice(byId<HTMLButtonElement>('theme'), draw);

/** Draws at most once a frame, and not at all while nobody can see it. */
function draw(): void {
  if (scheduled || document.hidden) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    drawNow();
  });
}

function drawNow(): void {
  const { connection, assessment } = state;
  document.body.dataset.state = connection.kind;
  byId('connection').textContent = connectionText(connection, assessment?.nowMs);
  const banner = bannerText(connection, Date.now(), assessment !== undefined);
  byId('banner').hidden = banner === undefined;
  byId('banner').textContent = banner ?? '';
  if (assessment === undefined) {
    morph(byId('headline'), connection.kind === 'unreachable' ? nothingPanel() : loadingPanel());
    return;
  }
  const route = routeOf(location.hash);
  const headline = headlineOf(assessment, state.points);
  const place = route.kind === 'incident' ? 'incident' : headline.level === 'none' ? 'empty' : 'content';
  for (const id of ['incident', 'empty', 'content'] as const) byId(id).hidden = id !== place;
  byId('headline').hidden = route.kind === 'incident';
  byId('window-choice').hidden = place !== 'content';
  if (route.kind === 'incident') {
    drawIncident(assessment, route.id);
    return;
  }
  morph(byId('headline'), headlinePanel(headline, assessment.incidents.find(isConfirmed)?.id));
  if (place === 'empty') morph(byId('empty'), emptyPanel(location.origin));
  else drawContent(assessment);
}

function drawIncident({ incidents, nowMs }: Assessment, id: string): void {
  const incident = incidents.find((it) => it.id === id);
  morph(byId('incident'), incident === undefined ? unknownIncidentPanel(id) : incidentPanel(incident, nowMs));
}

function drawContent(assessment: Assessment): void {
  const { nowMs } = assessment;
  const cards = taskCards(assessment, state.taskFilter);
  const picked = assessment.tasks.some((task) => task.id === state.pickedTask) ? state.pickedTask : undefined;
  // Filtered cards are searched through, not looked at: the charts stay with the task that they show.
  const found = state.taskFilter === '' ? cards.rows : taskCards(assessment, '').rows;
  state.shownTask = taskToShow(found, { picked, last: state.shownTask });
  const task = assessment.tasks.find((it) => it.id === state.shownTask);
  morph(
    byId('task-cards'),
    cards.rows.map((card) => taskCardPanel(card, { selected: card.id === task?.id, nowMs })),
  );
  const groups = groupRows(assessment, state.taskFilter);
  byId('groups').hidden = groups.rows.length === 0;
  morph(byId('groups'), groupsPanel(groups, nowMs));
  byId('task-cards').dataset.count = cards.total === 1 ? 'one' : cards.total <= 3 ? 'few' : 'many';
  byId('task-more').textContent =
    cards.total === 0 ? noTask : cards.rows.length === 0 ? 'No task matches.' : moreText(cards);
  byId('task-filter').hidden = cards.total <= cards.rows.length && state.taskFilter === '';
  morph(byId('incidents'), incidentsPanel(assessment.incidents, nowMs));
  morph(byId('agents'), agentsPanel(agentRows(assessment), collectorProblems(assessment), nowMs));
  byId('topology-panel').hidden = assessment.topology.nodes.length === 0;
  morph(byId('topology'), topologyPanel(layoutOf(assessment.topology), nodeRows(assessment.topology, nowMs), nowMs));
  for (const id of ['progress-panel', 'late-panel', 'sources-panel']) byId(id).hidden = task === undefined;
  const filter = state.sourceFilter;
  if (task !== undefined) {
    const sources = sourceRows(task, filter);
    const partitions = partitionRows(assessment, task, filter);
    morph(byId('sources'), sourcesPanel(sources, partitions, nowMs));
    byId('source-filter').hidden = sources.more === 0 && partitions.more === 0 && filter === '';
  }
  plots.show({
    assessment,
    points: state.points,
    taskId: task?.id,
    window: windowAt(nowMs, state.windowMinutes * 60_000),
    sourceFilter: filter,
    palette: theme.palette,
  });
}

const noTask = 'No consumer is watched: what is read, late or dropped is not known.';

/** The title is seen in the row of tabs, also of a hidden page; the announcement is read aloud when the news changes. */
function tellNews(): void {
  // What was true when the collector was last heard may not be any more.
  if (state.connection.kind === 'unreachable') document.title = '! Not connected · Tidemark';
  if (state.connection.kind === 'unreachable' || state.assessment === undefined) return;
  const headline = headlineOf(state.assessment, state.points);
  document.title = `${headline.level === 'bad' ? '✕ ' : headline.level === 'watch' ? '! ' : ''}${headline.text} · Tidemark`;
  // Counts rise each second during a burst: only another sentence is news, not another number in it.
  const announcement = byId('announcement');
  const gist = headline.text.replace(/[\d,.]+/g, '#');
  if (announcement.dataset.gist === gist) return;
  announcement.dataset.gist = gist;
  announcement.textContent = headline.text;
}

function take(update: Update, kept: readonly SeriesPoint[]): void {
  state.assessment = update.assessment;
  state.points = mergePoints(kept, update.points);
  tellNews();
  draw();
}

listen('api/events', {
  onHello: (update) => take(update, []),
  onTick: (update) => take(update, state.points),
  onConnection: (connection) => {
    state.connection = connection;
    tellNews();
    draw();
  },
});

/** What a reader followed a link to is what the next key belongs to; back from an incident, that is the link to it. */
function follow(from: string): void {
  drawNow();
  const route = routeOf(location.hash);
  const before = routeOf(new URL(from).hash);
  if (route.kind === 'incident') byId('incident').querySelector<HTMLElement>('h1')?.focus();
  else if (before.kind === 'incident') {
    const link = `a[href="${incidentAddress(before.id)}"]`;
    (byId('incidents').querySelector<HTMLElement>(link) ?? byId('headline')).focus();
  }
}

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const pressed = event.target.closest<HTMLElement>('[data-task], [data-line], [data-copy]');
  const { task, line, copy } = pressed?.dataset ?? {};
  if (task !== undefined) state.pickedTask = task;
  if (line !== undefined) plots.toggle(line);
  if (copy !== undefined && pressed) {
    navigator.clipboard?.writeText(copy.replace(' \\\n ', '')).then(
      () => {
        byId('announcement').replaceChildren('Copied.');
        // Until it is drawn again.
        pressed.textContent = 'Copied';
      },
      () => byId('announcement').replaceChildren('This browser does not allow copying; select the text.'),
    );
  }
  if (task !== undefined || line !== undefined) draw();
});
document.addEventListener(
  'toggle',
  (event) => {
    if (event.target instanceof HTMLDetailsElement) draw();
  },
  true,
);
document.addEventListener('input', (event) => {
  if (!(event.target instanceof HTMLInputElement)) return;
  const { id, name, value } = event.target;
  if (id === 'task-filter') state.taskFilter = value;
  if (id === 'source-filter') state.sourceFilter = value;
  if (name === 'window') state.windowMinutes = Number(value);
  draw();
});
document.addEventListener('visibilitychange', draw);
addEventListener('hashchange', (event) => follow(event.oldURL));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && routeOf(location.hash).kind === 'incident') location.hash = '';
});
// How long the collector has been away is written in the banner; while it ticks, its ticks draw.
setInterval(() => {
  if (state.connection.kind === 'unreachable') draw();
}, 1_000);
draw();
