// Do new deliveries appear in the open list, each once, also after the line was cut?

import type { Page } from '@playwright/test';
import { Line } from '../support/proxy';
import { Story, contractOf, deliver, fixtureOf } from '../support/sender';
import { awake, expect, test } from '../support/test';

const live = (page: Page) => page.getByRole('button', { name: 'Live' });

/** A contract of a title that no other test uses. */
function titled(name: string, title: string): string {
  const original = { contract: 'Autumn campaign - senior designer', requisition: 'Autumn campaign design budget' };
  return fixtureOf(name, new Story()).replaceAll(original.contract, title).replaceAll(original.requisition, title);
}

const unique = (): string => Math.random().toString(36).slice(2, 10);

/** Rows that tell of this title, from the top of the list. */
const rowsOf = (page: Page, title: string) => page.locator('tbody tr').filter({ hasText: title });

async function expectNoneTwice(page: Page): Promise<void> {
  const shown = await page.locator('tbody tr').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-seq')));
  expect(shown).not.toContain(null);
  expect(new Set(shown).size).toBe(shown.length);
}

test('a delivery appears in the open list without a reload', async ({ page }) => {
  await page.goto('/deliveries');
  await awake(page);
  await expect(live(page)).toBeVisible();
  await page.evaluate(() => document.documentElement.setAttribute('data-same-document', ''));

  const title = `Live ${unique()}`;
  await deliver({ body: titled('contract.offered', title) });
  const row = rowsOf(page, title);
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Contract offered');
  await expect(row).toContainText('Stored');
  await expect(row.locator('time')).toHaveAttribute('title', / · /);
  await expect(page.locator('html[data-same-document]')).toBeAttached();

  await row.locator('a.main').click();
  await expect(page.getByRole('heading', { level: 1, name: 'Contract offered' })).toBeVisible();
  await expect(page.getByRole('main').locator('a[href^="/contracts/"]')).toHaveText(title);
});

test('live rows are newest first, and none comes twice', async ({ page }) => {
  await page.goto('/deliveries');
  await expect(live(page)).toBeVisible();
  const name = `Order ${unique()}`;
  const titles = Array.from({ length: 8 }, (_, place) => `${name}, number ${place}`);
  for (const title of titles) {
    await deliver({ body: titled('contract.accepted', title) });
  }
  await expect(rowsOf(page, name)).toContainText(titles.toReversed());
  await expectNoneTwice(page);
});

test('a filter holds for live rows too', async ({ page }) => {
  await page.goto('/deliveries?type=client.contract.offered&outcome=stored');
  await expect(live(page)).toBeVisible();
  const [before, wanted] = [`Hidden ${unique()}`, `Wanted ${unique()}`];
  await deliver({ body: titled('spend_request.created', before) });
  await deliver({ body: titled('contract.accepted', before) });
  await deliver({ body: titled('contract.offered', before), signature: 'v1,bm90aGluZw==' });
  await deliver({ body: titled('contract.offered', wanted) });
  await expect(rowsOf(page, wanted)).toHaveCount(1);
  await expect(rowsOf(page, before)).toHaveCount(0);
  for (const text of await page.locator('tbody tr').allTextContents()) {
    expect(text).toMatch(/Contract offered.*Stored$/s);
  }
});

test('an empty list gives way to its first live row', async ({ page }) => {
  const body = fixtureOf('contract.offered', new Story());
  await page.goto(`/deliveries?q=${contractOf(body)}`);
  await expect(page.getByRole('heading', { name: 'No delivery fits' })).toBeVisible();
  await expect(live(page)).toBeVisible();
  await deliver({ body });
  await expect(page.locator('tbody').getByRole('row')).toHaveCount(1);
  await expect(page.getByRole('heading', { name: 'No delivery fits' })).toBeHidden();
});

test('paused, nothing moves; going on brings what came meanwhile', async ({ page }) => {
  await page.goto('/deliveries');
  await live(page).click();
  await expect(page.getByRole('button', { name: 'Paused' })).toBeVisible();
  const title = `Pause ${unique()}`;
  await deliver({ body: titled('contract.offered', title) });
  await expect.poll(async () => (await page.request.get('/deliveries')).text()).toContain(title);
  await expect(rowsOf(page, title)).toHaveCount(0);
  await page.getByRole('button', { name: 'Paused' }).click();
  await expect(rowsOf(page, title)).toHaveCount(1);
});

test('an older page stands still', async ({ page }) => {
  await page.goto('/deliveries');
  await page.getByRole('link', { name: /Next page/ }).click();
  await expect(page).toHaveURL(/[?&]before=/);
  await awake(page);
  await expect(page.getByRole('button', { name: /Live|Reconnecting|Paused/ })).toHaveCount(0);
});

test.describe('over a line that is cut', () => {
  const line = new Line();
  test.beforeAll(async () => {
    process.env['END2END_LINE'] = await line.open();
  });
  test.afterAll(async () => line.close());

  test('what came while the line was cut appears after it is mended, without gap or repeat', async ({ page, guard }) => {
    guard.home(process.env['END2END_LINE'] ?? '');
    guard.expects(/\/live\/deliveries|ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)/);
    await page.goto(`${process.env['END2END_LINE'] ?? ''}/deliveries`);
    await expect(live(page)).toBeVisible();
    const name = `Cut ${unique()}`;
    const send = (title: string) => deliver({ body: titled('contract.offered', `${name}, ${title}`) });
    await send('before');
    await expect(rowsOf(page, name)).toHaveCount(1);

    line.cut();
    await expect(page.getByRole('button', { name: 'Reconnecting' })).toBeVisible();
    for (const title of ['missed 1', 'missed 2', 'missed 3', 'missed 4']) {
      await send(title);
    }
    await expect(rowsOf(page, name)).toHaveCount(1);
    line.mend();

    await expect(rowsOf(page, name)).toHaveCount(5, { timeout: 20_000 });
    await expect(live(page)).toBeVisible();
    await send('after');
    await expect(rowsOf(page, name)).toContainText(['after', 'missed 4', 'missed 3', 'missed 2', 'missed 1', 'before']);
    await expectNoneTwice(page);
  });
});
