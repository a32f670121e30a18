import { describe, expect } from 'vitest';
import { openPage, phone } from './open-page.ts';
import { hasText, nowMs, stories, told } from './stories.ts';
import { everyKind } from './story-kinds.ts';
import { withProof } from './story-proof.ts';

const story = stories();
const cut = told({ cut: { sinceS: 100, forS: 32 } });
/** Words in a picture have a rim in the colour of the ground, so that lines pass under them. */
const haloPx = 4;

describe('the page of an incident', () => {
  story('an incident has a page with its evidence, by mouse, by key and by its address', cut, async (at) => {
    const { server, browser } = at;
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.locator('.incident a').click();
    await hasText(page, 'orders-0@143201 of A');
    await hasText(page, 'assumed: its producer retries once a second');
    await hasText(page, 'orders-1: 71002–71513');
    expect(await page.locator('#content').isHidden()).toBe(true);
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
    await page.keyboard.press('Escape');
    await page.locator('#content').waitFor();
    // Back at the link that led there.
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'B cut off' }).waitFor();
    await using linked = await openPage(browser, `${server.url}#incident-cut-1`);
    await linked.page.getByRole('heading', { name: 'B cut off' }).waitFor();
  });

  story('its sentence and its link are copied', cut, async ({ server, browser }) => {
    const permissions = ['clipboard-read', 'clipboard-write'];
    await using opened = await openPage(browser, `${server.url}#incident-cut-1`, { permissions });
    const { page } = opened;
    const copied = (): Promise<string> => page.evaluate(() => navigator.clipboard.readText());
    const told = page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.getByRole('button', { name: 'Copy the sentence' }).click();
    await told;
    await expect.poll(copied).toMatch(/^B was cut off from the broker for 32 s; 1,280 of its records/);
    await page.getByRole('button', { name: 'Copy the link' }).click();
    await expect.poll(copied).toBe(`${server.url}#incident-cut-1`);
  });

  story('an incident that there is not', cut, async ({ server, browser }) => {
    await using opened = await openPage(browser, `${server.url}#incident-of-last-year`);
    await opened.page.getByRole('heading', { name: 'No such incident' }).waitFor();
    await opened.page.getByRole('link', { name: 'All that is watched' }).click();
    await opened.page.getByRole('heading', { name: '1 producer was cut off' }).waitFor();
  });

  const proved = withProof(told({ quiet: true, cut: { sinceS: 32 } }), 32);
  story('a cut that its own agent tells of is told while it lasts', proved, async ({ server, browser }) => {
    await using opened = await openPage(browser, server.url);
    const { page } = opened;
    await page.getByRole('heading', { name: '1 producer is cut off' }).waitFor();
    await hasText(page, 'Held back by B, which is cut off: its own agent says so');
    await hasText(page, 'its agent: 1,280 records wait, nothing acknowledged for');
    await page.locator('.incident a').click();
    await hasText(page, 'process 4711 on orders-eu-2');
    await hasText(page, 'If it came back now, about 960 of 1,280 records would be lost under tumbling 5s grace 5s.');
    await hasText(page, 'B goes on making events, as its own agent says, but none has reached the broker since');
  });

  const kinds = { ...cut, assessment: { ...cut.assessment, incidents: everyKind(nowMs) } };
  for (const [name, options] of [
    ['desk', {}],
    ['phone', { viewport: phone }],
  ] as const) {
    story(`each kind has its picture, whose words fit on a ${name}`, kinds, async ({ server, browser }) => {
      await using opened = await openPage(browser, server.url, options);
      const { page } = opened;
      for (const { id } of everyKind(nowMs)) {
        await page.evaluate((id) => location.assign(`#incident-${id}`), id);
        await page.locator(`[data-copy$="#incident-${id}"]`).waitFor();
        const picture = page.locator('.drawing svg[role="img"]');
        const box = (await picture.boundingBox())!;
        const labels = await picture.locator('text').all();
        expect(labels.length).toBeGreaterThan(2);
        for (const label of labels) {
          const { x, width } = (await label.boundingBox())!;
          const text = `${id}: ${await label.textContent()}`;
          expect(x, text).toBeGreaterThanOrEqual(box.x - haloPx);
          expect(x + width, text).toBeLessThanOrEqual(box.x + box.width + haloPx);
        }
      }
    });
  }
});
