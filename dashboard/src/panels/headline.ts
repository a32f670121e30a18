import type { Connection } from '../api.ts';
import { el } from '../element.ts';
import { formatDuration, formatTime } from '../format.ts';
import type { Headline } from '../headline.ts';
import { incidentAddress } from '../route.ts';
import { mark } from './parts.ts';

export function headlinePanel(headline: Headline, newestIncident: string | undefined): HTMLElement[] {
  return [
    el(
      'div',
      { class: `headline-box ${headline.level}` },
      mark(headline.level),
      el(
        'div',
        {},
        el('h1', {}, headline.text),
        headline.details.length > 0 &&
          el('ul', {}, ...headline.details.slice(0, 4).map((detail) => el('li', {}, detail))),
        headline.level === 'bad' &&
          headline.isIncident &&
          newestIncident !== undefined &&
          el('p', {}, el('a', { href: incidentAddress(newestIncident) }, 'What happened, and the evidence')),
      ),
    ),
  ];
}

export function loadingPanel(): HTMLElement[] {
  return [
    el(
      'div',
      { class: 'headline-box none' },
      mark('none'),
      el('div', {}, el('h1', {}, 'Connecting to the collector…')),
    ),
  ];
}

/** Nothing was ever received: there is no old state to show. */
export function nothingPanel(): HTMLElement[] {
  return [
    el(
      'div',
      { class: 'headline-box watch' },
      mark('watch'),
      el(
        'div',
        {},
        el('h1', {}, 'The collector does not answer'),
        el('p', {}, 'The page goes on trying and comes alive by itself.'),
      ),
    ),
  ];
}

export function connectionText(connection: Connection, nowMs: number | undefined): string {
  if (connection.kind === 'connecting') return 'Connecting…';
  if (connection.kind === 'unreachable') return 'Not connected';
  return nowMs === undefined ? 'Live' : `Live · ${formatTime(nowMs, nowMs)}`;
}

export function bannerText(connection: Connection, browserNowMs: number, hasData: boolean): string | undefined {
  if (connection.kind !== 'unreachable') return undefined;
  const since = `Collector unreachable since ${formatTime(connection.sinceMs, browserNowMs)}`;
  const forLong = `(${formatDuration(Math.max(0, browserNowMs - connection.sinceMs))})`;
  return `${since} ${forLong}.${hasData ? ' What you see is from before then.' : ''} Trying again.`;
}

export function emptyPanel(origin: string): HTMLElement[] {
  const command = `TIDEMARK_COLLECTOR_URL=${origin} \\\n  node --import tidemark/register consumer.js`;
  return [
    el('h2', {}, 'Attach your first consumer'),
    el(
      'p',
      {},
      'Start your Kafka consumer as ever, with one option more. Its code stays as it is; nothing is committed, and no payload leaves it.',
    ),
    el(
      'div',
      { class: 'command' },
      el('pre', { tabindex: '0' }, el('code', {}, command)),
      el('button', { type: 'button', class: 'quiet', 'data-copy': command }, 'Copy'),
    ),
    el('p', {}, 'A second or two later its tasks appear here. Good to know:'),
    el(
      'ul',
      {},
      el('li', {}, 'It needs Node 22.15 or newer and kafkajs; it says in one line at start what it attached to.'),
      el(
        'li',
        {},
        el('code', {}, 'TIDEMARK_WINDOW=tumbling:5s'),
        ' and ',
        el('code', {}, 'TIDEMARK_GRACE=2s'),
        ' let it count what your windows drop.',
      ),
      el('li', {}, el('code', {}, 'TIDEMARK_SOURCE=header:producer'), ' gives producers their names.'),
      el(
        'li',
        {},
        'A consumer in another language is followed from outside: ',
        el('code', {}, 'tidemark agent --group billing --brokers kafka:9092'),
        '.',
      ),
    ),
  ];
}
