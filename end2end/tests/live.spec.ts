// Live rows: new deliveries appear in the open list exactly once, also after a lost connection.

import type { BrowserContext, Page } from '@playwright/test';
import { withOwnServer } from '../support/own-server';
import { openDelivery } from '../support/deliveries';
import { setPassword } from '../support/people';
import { Line } from '../support/proxy';
import { Story, contractOf, deliver, fixtureOf } from '../support/sender';
import { awake, expect, test } from '../support/test';

/** The button that shows the stream's status, and pauses it. */
const pill = (page: Page) => page.locator('button.live-pill');

/** A contract of a title that no other test uses. */
function titled(name: string, title: string): string {
  const original = { contract: 'Autumn campaign - senior designer', requisition: 'Autumn campaign design budget' };
  return fixtureOf(name, new Story()).replaceAll(original.contract, title).replaceAll(original.requisition, title);
}

const unique = (): string => Math.random().toString(36).slice(2, 10);

/** Rows with this title, from the top of the list. */
const rowsOf = (page: Page, title: string) => page.locator('.deliveries tbody tr').filter({ hasText: title });

async function expectNoneTwice(page: Page): Promise<void> {
  const shown = await page.locator('.deliveries tbody tr').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-seq')));
  expect(shown).not.toContain(null);
  expect(new Set(shown).size).toBe(shown.length);
}

test('a delivery appears in the open list without a reload', async ({ page }) => {
  await page.goto('/deliveries');
  await awake(page);
  await expect(pill(page)).toHaveText('Live');
  await page.evaluate(() => document.documentElement.setAttribute('data-same-document', ''));

  const title = `Live ${unique()}`;
  await deliver({ body: titled('contract.offered', title) });
  const row = rowsOf(page, title);
  await expect(row).toHaveCount(1);
  await expect(row).toContainText('Contract offered');
  await expect(row).toContainText('Stored');
  await expect(row.locator('time')).toHaveAttribute('title', / · /);
  await expect(page.locator('html[data-same-document]')).toBeAttached();

  await openDelivery(row);
  await expect(page.getByRole('heading', { level: 1, name: 'Contract offered' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: title }).first()).toBeVisible();
});

test('live rows are newest first, and none comes twice', async ({ page }) => {
  await page.goto('/deliveries');
  await expect(pill(page)).toHaveText('Live');
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
  await expect(pill(page)).toHaveText('Live');
  const [before, wanted] = [`Hidden ${unique()}`, `Wanted ${unique()}`];
  await deliver({ body: titled('spend_request.created', before) });
  await deliver({ body: titled('contract.accepted', before) });
  await deliver({ body: titled('contract.offered', before), signature: 'v1,bm90aGluZw==' });
  await deliver({ body: titled('contract.offered', wanted) });
  await expect(rowsOf(page, wanted)).toHaveCount(1);
  await expect(rowsOf(page, before)).toHaveCount(0);
  for (const text of await page.locator('.deliveries tbody tr').allTextContents()) {
    expect(text).toMatch(/Contract offered.*Stored$/s);
  }
});

test('an empty list gives way to its first live row', async ({ page }) => {
  const body = fixtureOf('contract.offered', new Story());
  await page.goto(`/deliveries?q=${contractOf(body)}`);
  await expect(page.getByRole('heading', { name: 'No delivery fits' })).toBeVisible();
  await expect(pill(page)).toHaveText('Live');
  await deliver({ body });
  await expect(page.locator('.deliveries tbody').getByRole('row')).toHaveCount(1);
  await expect(page.getByRole('heading', { name: 'No delivery fits' })).toBeHidden();
});

test('paused, nothing moves; going on brings what came meanwhile', async ({ page }) => {
  await page.goto('/deliveries');
  await expect(pill(page)).toHaveText('Live');
  await pill(page).click();
  await expect(pill(page)).toHaveText('Paused');
  const title = `Pause ${unique()}`;
  await deliver({ body: titled('contract.offered', title) });
  await expect.poll(async () => (await page.request.get('/deliveries')).text()).toContain(title);
  await expect(rowsOf(page, title)).toHaveCount(0);
  await pill(page).click();
  await expect(rowsOf(page, title)).toHaveCount(1);
});

test('an older page stands still', async ({ page }) => {
  await page.goto('/deliveries');
  await page.getByRole('link', { name: /Next page/ }).click();
  await expect(page).toHaveURL(/[?&]before=/);
  await awake(page);
  await expect(pill(page)).toHaveCount(0);
});

/** What the browser does when another window covers this one: headless, every page counts as seen. */
async function see(page: Page, isSeen: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => hidden });
    document.dispatchEvent(new Event('visibilitychange'));
  }, !isSeen);
}

/** Counts the open streams of a context's pages. */
function streams(context: BrowserContext): { count: () => number } {
  const open = new Set<unknown>();
  context.on('request', (request) => {
    if (request.url().includes('/live/')) {
      open.add(request);
    }
  });
  context.on('requestfinished', (request) => open.delete(request));
  context.on('requestfailed', (request) => open.delete(request));
  return { count: () => open.size };
}

test('a page that nobody sees holds no stream, and shows what came meanwhile when it is seen again', async ({ page, context }) => {
  const open = streams(context);
  await page.goto('/deliveries');
  await expect(pill(page)).toHaveText('Live');
  expect(open.count()).toBe(1);
  await see(page, false);
  await expect.poll(() => open.count()).toBe(0);
  const title = `Unseen ${unique()}`;
  await deliver({ body: titled('contract.offered', title) });
  await expect.poll(async () => (await page.request.get('/deliveries')).text()).toContain(title);
  await expect(rowsOf(page, title)).toHaveCount(0);
  await see(page, true);
  await expect(rowsOf(page, title)).toHaveCount(1);
  await expect(pill(page)).toHaveText('Live');

  // A pause is the reader's and outlasts both.
  await pill(page).click();
  await see(page, false);
  await see(page, true);
  await expect(pill(page)).toHaveText('Paused');
  expect(open.count()).toBe(0);
});

test('many open windows leave the browser a connection for pages', async ({ context }) => {
  const pages: Page[] = [];
  for (let window = 0; window < 7; window += 1) {
    const page = await context.newPage();
    await page.goto('/deliveries');
    await expect(pill(page)).toHaveText('Live');
    pages.push(page);
  }
  const [first, second, third] = pages;
  for (const oldest of [first, second]) {
    await expect(pill(oldest!)).toHaveText('Paused');
    await expect(pill(oldest!)).toHaveAttribute('title', /other windows/);
  }
  await expect(pill(third!)).toHaveText('Live');
  const title = `Windows ${unique()}`;
  await deliver({ body: titled('contract.offered', title) });
  await expect(rowsOf(pages[6]!, title)).toHaveCount(1);
  await pill(first!).click();
  await expect(rowsOf(first!, title)).toHaveCount(1);
  await expect(pill(third!)).toHaveText('Paused');
});

test('a stream ends with its session, and says so', async ({ browser, guard }, info) => {
  await withOwnServer(info, guard, async (server, secret) => {
    const context = await browser.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    await page.goto(await server.ready());
    await setPassword(page);
    await page.goto('/deliveries');
    await expect(pill(page)).toHaveText('Live');
    const other = await context.newPage();
    await other.goto('/');
    await other.getByRole('button', { name: 'Sign out' }).first().click();
    await expect(pill(page)).toHaveText('Signed out');
    await deliver({ body: fixtureOf('contract.offered', new Story()), secret, url: server.url });
    await expect(page.locator('.deliveries tbody tr')).toHaveCount(0);
    await pill(page).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
    await context.close();
  });
});

test('after many live rows the next page begins where this one ends', async ({ browser, guard }, info) => {
  test.slow();
  await withOwnServer(info, guard, async (server, secret) => {
    const context = await browser.newContext({ baseURL: server.url, storageState: { cookies: [], origins: [] } });
    const page = await context.newPage();
    await page.goto(await server.ready());
    await setPassword(page);
    const send = async (count: number) => {
      for (let n = 0; n < count; n += 1) {
        await deliver({ body: fixtureOf('contract.offered', new Story()), secret, url: server.url });
      }
    };
    await send(20);
    for (const [already, before] of [[20, 20], [280, 50]] as const) {
      await page.goto('/deliveries');
      await expect(pill(page)).toHaveText('Live');
      await expect(page.locator('.deliveries tbody tr')).toHaveCount(before);
      await send(260);
      const newest = page.locator(`.deliveries tbody tr[data-seq="${already + 260}"]`);
      await expect(newest).toHaveCount(1);
      const shown = await page.locator('.deliveries tbody tr').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('data-seq'))));
      expect(shown).toEqual(Array.from({ length: 200 }, (_, place) => already + 260 - place));
      await page.getByRole('link', { name: /Next page/ }).click();
      await expect(page).toHaveURL(/[?&]before=/);
      await expect(page.locator('.deliveries tbody tr').first()).toHaveAttribute('data-seq', String(already + 60));
    }
    await context.close();
  });
});

test.describe('over a line that is cut', () => {
  // A line for each test: a browser may keep connections of one that was cut.
  let line: Line;
  test.beforeEach(async () => {
    line = new Line();
    process.env['END2END_LINE'] = await line.open();
  });
  test.afterEach(async () => line.close());

  test('what came while the line was cut appears after it is mended, without gap or repeat', async ({ page, guard }) => {
    guard.home(process.env['END2END_LINE'] ?? '');
    guard.expects(/\/live\/deliveries|ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)/);
    await page.goto(`${process.env['END2END_LINE'] ?? ''}/deliveries`);
    await expect(pill(page)).toHaveText('Live');
    const name = `Cut ${unique()}`;
    const send = (title: string) => deliver({ body: titled('contract.offered', `${name}, ${title}`) });
    await send('before');
    await expect(rowsOf(page, name)).toHaveCount(1);

    line.cut();
    await expect(pill(page)).toHaveText('Reconnecting');
    for (const title of ['missed 1', 'missed 2', 'missed 3', 'missed 4']) {
      await send(title);
    }
    await expect(rowsOf(page, name)).toHaveCount(1);
    line.mend();

    await expect(rowsOf(page, name)).toHaveCount(5, { timeout: 20_000 });
    await expect(pill(page)).toHaveText('Live');
    await send('after');
    await expect(rowsOf(page, name)).toContainText(['after', 'missed 4', 'missed 3', 'missed 2', 'missed 1', 'before']);
    await expectNoneTwice(page);
  });

  test('a proxy that answers for a server that is away does not end the stream', async ({ page, guard }) => {
    guard.home(process.env['END2END_LINE'] ?? '');
    guard.expects(/\/live\/deliveries|ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)|502/);
    await page.goto(`${process.env['END2END_LINE'] ?? ''}/deliveries`);
    await expect(pill(page)).toHaveText('Live');
    const refused = page.waitForResponse((response) => response.url().includes('/live/') && response.status() === 502);
    line.away();
    await expect(pill(page)).toHaveText('Reconnecting');
    await refused;
    await expect(pill(page)).toHaveText('Reconnecting');
    const title = `Away ${unique()}`;
    await deliver({ body: titled('contract.offered', title) });
    line.mend();
    await expect(rowsOf(page, title)).toHaveCount(1, { timeout: 20_000 });
    await expect(pill(page)).toHaveText('Live');
    await expectNoneTwice(page);
  });
});
