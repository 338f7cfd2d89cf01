// The bars, numbers and saved views above the list of deliveries.

import type { Browser, Page } from '@playwright/test';
import { expectNoViolations } from '../support/axe';
import { addPerson, setPassword } from '../support/people';
import { Story, deliver, fixtureOf } from '../support/sender';
import { awake, expect, expectNoSidewaysScroll, test } from '../support/test';
import { world } from '../support/world';

const bars = (page: Page) => page.locator('.strip-svg a.column');
const rows = (page: Page) => page.locator('table.deliveries tbody tr');
const number = (text: string | null) => Number((/[\d,]+$/.exec(text ?? '')?.[0] ?? '').replaceAll(',', ''));

/** Returns a page of a new admin, whose views and default are nobody else's. */
async function newAdmin(browser: Browser, javaScriptEnabled: boolean, name: string): Promise<Page> {
  const email = `${name.toLowerCase()}-${Date.now()}-${String(javaScriptEnabled)}@example.com`;
  const link = await addPerson(email, name, 'admin');
  const context = await browser.newContext({ baseURL: world().url, javaScriptEnabled, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  await page.goto(link);
  await setPassword(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return page;
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with WASM' : 'without WASM', () => {
    test.use({ javaScriptEnabled, reader: 'admin' });

    test('a bar narrows the list to its time, and the table leads there as well', async ({ page }) => {
      await page.goto('/deliveries');
      const bar = bars(page).last();
      await expect(bar).toHaveAccessibleName(/\d{4}.*: [\d,]+ stored/);
      await bar.click();
      await expect(page).toHaveURL(/arrived_since=.*arrived_until=/);
      await expect(rows(page).first()).toBeVisible();
      const chips = page.getByRole('navigation', { name: 'Filters in force' });
      await expect(chips.getByText(/^since /)).toBeVisible();
      await expect(chips.getByText(/^until /)).toBeVisible();
      // By keyboard.
      await bars(page).first().focus();
      await page.keyboard.press('Enter');
      await expect(page).toHaveURL(/arrived_since=.*arrived_until=/);
      await page.getByText('The bars as a table').click();
      await page.getByRole('region', { name: 'Requests over time' }).getByRole('link').first().click();
      await expect(page).toHaveURL(/arrived_since=.*arrived_until=/);
      await page.getByRole('link', { name: 'Last 30 days' }).click();
      await expect(page).toHaveURL(/[?&]last=30d$/);
      await expect(page.getByRole('link', { name: 'Last 30 days' })).toHaveAttribute('aria-current', 'true');
    });

    test('a value of a filter is chosen and taken away by a click, and has the number of its list', async ({ page }) => {
      await page.goto('/deliveries?last=all');
      const outcomes = page.getByRole('group', { name: 'Outcome' });
      const unreadable = outcomes.getByRole('link', { name: /^Refused/ });
      const count = number(await unreadable.textContent());
      expect(count).toBeGreaterThan(0);
      await unreadable.click();
      await expect(page).toHaveURL(/[?&]outcome=refused(&|$)/);
      await expect(page.locator('.strip h2')).toHaveText(`${count.toLocaleString('en')} request${count === 1 ? '' : 's'}`);
      await expect(outcomes.getByRole('link', { name: /^Stored [1-9]/ })).toBeVisible();
      await outcomes.getByRole('link', { name: 'Remove the filter Refused' }).click();
      await expect(page).not.toHaveURL(/outcome=/);
      await page.getByRole('group', { name: 'Event' }).getByRole('link').first().click();
      await expect(page).toHaveURL(/[?&]type=client/);
    });

    test('a view is saved, opens first, is seen by another admin when shared, renamed and deleted', async ({ browser, guard }) => {
      const vera = await newAdmin(browser, javaScriptEnabled, 'Vera');
      guard.watch(vera);
      const name = `Offers ${Date.now()} ${String(javaScriptEnabled)}`;
      await vera.goto('/deliveries?type=client.contract.offered');
      await vera.getByText('Saved views', { exact: true }).click();
      await vera.getByLabel('Name of the view').fill(name);
      await vera.getByLabel('Open deliveries with it').check();
      await vera.getByLabel('For all admins').check();
      await expectNoSidewaysScroll(vera);
      await vera.getByRole('button', { name: 'Save', exact: true }).click();
      const views = (page: Page) => page.getByRole('navigation', { name: 'Views' });
      await expect(views(vera).getByRole('link', { name })).toHaveAttribute('aria-current', 'true');
      expect(number(await views(vera).getByRole('link', { name }).textContent())).toBeGreaterThan(0);

      // It opens first, and everything is one click away.
      await vera.goto('/deliveries');
      await expect(vera).toHaveURL(/\/deliveries\?type=client\.contract\.offered$/);
      await views(vera).getByRole('link', { name: 'All deliveries' }).click();
      await expect(vera).toHaveURL(/\/deliveries\?all=1$/);
      await expect(rows(vera).first()).toBeVisible();

      const otto = await newAdmin(browser, javaScriptEnabled, 'Otto');
      guard.watch(otto);
      await otto.goto('/deliveries');
      await expect(otto).toHaveURL(/\/deliveries$/);
      await views(otto).getByRole('link', { name }).click();
      await expect(otto).toHaveURL(/\/deliveries\?type=client\.contract\.offered$/);
      await otto.getByText('Saved views', { exact: true }).click();
      const row = otto.locator('.views li', { hasText: name });
      await row.getByText('Rename', { exact: true }).first().click();
      await row.getByLabel('New name').fill(`${name} again`);
      await row.getByRole('button', { name: 'Rename' }).click();
      await expect(views(otto).getByRole('link', { name: `${name} again` })).toBeVisible();
      await otto.getByText('Saved views', { exact: true }).click();
      await otto.getByRole('button', { name: `Delete the view ${name} again` }).click();
      await expect(views(otto).getByRole('link', { name })).toHaveCount(0);
      await vera.goto('/deliveries');
      await expect(vera).toHaveURL(/\/deliveries$/);
      await Promise.all([vera.context().close(), otto.context().close()]);
    });
  });
}

test.describe('the page', () => {
  test.use({ reader: 'admin' });

  for (const [what, width, path] of [
    ['a wide screen', 1280, '/deliveries?last=30d&outcome=stored'],
    ['a phone', 360, '/deliveries?last=24h'],
  ] as const) {
    test(`has nothing that is cut or hard to reach on ${what}`, async ({ page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(path);
      await page.getByText('The bars as a table').click();
      await page.getByText('Saved views', { exact: true }).click();
      const cut = await page.locator('.strip-svg').evaluate((svg) => {
        const frame = svg.getBoundingClientRect();
        const boxes = [...svg.querySelectorAll('text')].map((text) => text.getBoundingClientRect());
        const isApart = boxes.every((box, place) => place === 0 || box.left > (boxes[place - 1]?.right ?? 0));
        return !isApart || boxes.some((box) => box.left < frame.left || box.right > frame.right || box.bottom > frame.bottom);
      });
      expect(cut).toBe(false);
      await expectNoViolations(page);
    });
  }
});

test('keys move through the list, and not through what is folded above it', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'keys need scripts');
  await page.goto('/deliveries');
  await awake(page);
  const links = page.locator('.deliveries a.main');
  await page.keyboard.press('j');
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await expect(links.nth(1)).toBeFocused();
});

test.describe('a hirer', () => {
  test.use({ reader: 'hirer' });

  test('gets none of it', async ({ page, guard }) => {
    guard.expects(/403/);
    for (const path of ['/deliveries', '/deliveries?last=all']) {
      expect((await page.goto(path))?.status()).toBe(403);
      await expect(page.locator('.strip')).toHaveCount(0);
    }
    const saved = await page.request.post('/deliveries/views', { form: { name: 'Mine', query: '' }, headers: { origin: world().url } });
    expect(saved.status()).toBe(403);
  });
});

test.describe('with scripts', () => {
  test.use({ reader: 'admin' });

  test('a drag over bars narrows to their time, and Escape cancels it', async ({ page, javaScriptEnabled }) => {
    test.skip(javaScriptEnabled === false, 'a drag needs scripts');
    await page.goto('/deliveries?last=all&mode=live');
    await awake(page);
    // All requests of this server may be of one hour; the one before it gets a bar of its own.
    await bars(page).first().evaluate((bar) => {
      const earlier = bar.cloneNode(true) as Element;
      earlier.querySelectorAll('rect').forEach((rect) => {
        rect.setAttribute('x', '0%');
        rect.setAttribute('width', '5%');
      });
      earlier.setAttribute('aria-label', '1 Mar 2026: 1 stored');
      earlier.setAttribute('href', '/deliveries?mode=live&arrived_since=2026-03-01T00:00:00Z&arrived_until=2026-03-02T00:00:00Z');
      bar.before(earlier);
    });
    const boxes = [await bars(page).first().boundingBox(), await bars(page).last().boundingBox()];
    const [first, last] = boxes.map((box) => ({ x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + 20 }));
    const drag = async () => {
      await page.mouse.move(last?.x ?? 0, last?.y ?? 0);
      await page.mouse.down();
      await page.mouse.move(first?.x ?? 0, first?.y ?? 0, { steps: 4 });
      await expect(page.locator('.strip-chosen')).toHaveText(/^From .+ to .+/);
    };
    await drag();
    await page.keyboard.press('Escape');
    await page.mouse.up();
    await expect(page.locator('.strip-svg [data-chosen]')).toHaveCount(0);
    await expect(page).toHaveURL(/last=all/);
    const [since, until] = [await bars(page).first().getAttribute('href'), await bars(page).last().getAttribute('href')];
    await drag();
    await page.mouse.up();
    await page.waitForURL(/arrived_since=/);
    const value = (href: string | null, key: string) => new URL(href ?? '', page.url()).searchParams.get(key);
    expect(value(page.url(), 'arrived_since')).toBe(value(since, 'arrived_since'));
    expect(value(page.url(), 'arrived_until')).toBe(value(until, 'arrived_until'));
    expect(value(page.url(), 'mode')).toBe('live');
  });

  test('bars and numbers follow what arrives, and what is open stays open', async ({ page, javaScriptEnabled }) => {
    test.skip(javaScriptEnabled === false, 'nothing is live without scripts');
    // The list leaves the delivery out; the number of its outcome does not.
    await page.goto('/deliveries?q=zebra');
    await expect(page.locator('.live-pill')).toHaveText('Live');
    await page.getByText('The bars as a table').click();
    const stored = page.getByRole('group', { name: 'Outcome' }).getByRole('link', { name: /^Stored/ });
    await stored.focus();
    const before = number(await stored.textContent());
    expect((await deliver({ body: fixtureOf('contract.offered', new Story()) })).status).toBe(200);
    await expect.poll(async () => number(await stored.textContent()), { timeout: 12_000 }).toBeGreaterThan(before);
    await expect(stored).toBeFocused();
    await expect(page.getByRole('region', { name: 'Requests over time' })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Time' }).getByRole('link', { name: 'Last 7 days' })).toHaveAttribute('aria-current', 'true');
  });
});
