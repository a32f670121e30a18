import { readFileSync } from 'node:fs';
import { collectorFlags, collectorVariables } from '@tidemark/config';
import { reportLimits } from '@tidemark/core';
import { expect, test } from 'vitest';
import { served } from '../test/served.ts';
import { createApp } from './app.ts';
import { refusalReasons } from './read-report.ts';
import { streamLimits } from './streams.ts';

const page = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

test('docs/api.md lists every path that is served, and no other', async () => {
  await using server = await served();
  const is = createApp(server.collector).routes.filter(({ method }) => method !== 'ALL');
  const said = [...page.matchAll(/^\| `(GET|POST) ([^?`]+)[^`]*` \|/gm)].map(([, method, path]) => `${method} ${path}`);
  expect(said.sort()).toEqual(is.map(({ method, path }) => `${method} ${path}`).sort());
});

test('and every reason, flag, variable and bound', () => {
  for (const reason of refusalReasons) expect(page).toContain(`| \`${reason}\` |`);
  for (const [i, flag] of collectorFlags.entries())
    expect(page).toContain(`| \`${flag}\` | \`${collectorVariables[i]}\` |`);
  expect(page).toContain(`more than ${reportLimits.maxBytes / 2 ** 20} MiB`);
  expect(page).toContain(`once ${streamLimits.maxUnsentFrames} frames are unsent`);
  expect(page).toContain(`${streamLimits.maxStreams} pages are open`);
});
