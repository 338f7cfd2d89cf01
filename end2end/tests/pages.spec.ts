// Checks of every kind of page: before the first event, keyboard, print, phone, plain http.

import type { Page } from '@playwright/test';
import { deliveryOf } from '../support/deliveries';
import { Story, contractOf, contractorOf, deliver, fixtureOf, messageId } from '../support/sender';
import { awake, expect, expectNoSidewaysScroll, test, waitForPage } from '../support/test';

const YEAR = 365 * 86_400_000;

/** The first row of a list, by its link. */
async function firstOf(page: Page, list: string): Promise<string> {
  await page.goto(list);
  if (list.startsWith('/deliveries')) {
    return deliveryOf(page.locator('tbody tr'));
  }
  return (await page.locator('tbody a.main').first().getAttribute('href')) ?? '';
}

test.describe('before anything was known', () => {
  test.use({ reader: 'hirer', javaScriptEnabled: false });

  test('a page says when it was first heard of, and the day stays on every page', async ({ page, isMobile }) => {
    test.slow();
    const body = fixtureOf('contract.offered', new Story());
    await deliver({ body, id: messageId(new Date(Date.now() - 2 * YEAR)) });
    const contract = `/contracts/${contractOf(body)}`;
    await waitForPage(page, contract);
    const day = new Date(Date.now() - YEAR).toISOString().slice(0, 10);

    for (const path of [contract, `/contractors/${contractorOf(body)}`]) {
      const answer = await page.goto(`${path}?as_of=${day}&by=known`);
      expect(answer?.status()).toBe(200);
      const main = page.getByRole('main');
      await expect(main).toContainText(/By \d+ \w+ \d{4} nothing about .+ had reached Junoscope; first heard on \d+ \w+ \d{4}\./);
      await expect(page.locator('details.as-of')).toBeVisible();
      await main.getByRole('link', { name: 'See it as it happened' }).click();
      await expect(page).toHaveURL(new RegExp(`${path}\\?as_of=${day}$`));
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expect(main).not.toContainText('had reached Junoscope');

      const early = await page.goto(`${path}?as_of=2015-01-01`);
      expect(early?.status()).toBe(200);
      await expect(main).toContainText(/By 1 Jan 2015 no event about .+ had happened; the first one is of/);
    }
    const nobody = await page.request.get(`/contracts/ct_nobody?as_of=${day}&by=known`);
    expect(nobody.status(), 'what is in no list now is in none then').toBe(404);

    for (const list of ['/contractors', '/contracts', '/spend', '/calendar']) {
      await page.goto(`${list}?as_of=2015-01-01&by=known`);
      await expect(page.getByRole('main')).toContainText(/By 1 Jan 2015 nothing about any \w+ had reached Junoscope; first heard on/);
      await expect(page.getByRole('main')).not.toContainText(/No \w+ yet/);
    }

    await page.goto(`/contracts?as_of=${day}`);
    // On a phone the same links are in the menu.
    for (const name of isMobile ? [] : ['Overview', 'Catalog', 'Findings', 'Contractors', 'Calendar', 'Spend']) {
      await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name }).click();
      await expect(page, name).toHaveURL((url) => url.search === `?as_of=${day}`);
      await expect(page.getByRole('note')).toBeVisible();
    }
    await page.getByRole('note').getByRole('link', { name: 'Back to today' }).click();
    await expect(page).toHaveURL((url) => url.search === '');
  });
});

test('keys move on every page with a list, and search from every page', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a phone has no keys');
  test.slow();
  const contract = await firstOf(page, '/contracts?state=active');
  for (const path of ['/', '/findings', '/calendar', '/catalog', '/contractors', '/deliveries', contract]) {
    await page.goto(path);
    await expect(page.locator('html')).toHaveAttribute('data-awake', '');
    await page.keyboard.press('j');
    const first = await page.evaluate(() => document.activeElement?.outerHTML ?? '');
    expect(first, `${path}: j chooses a row`).toMatch(/^<a /);
    await page.keyboard.press('j');
    await page.keyboard.press('k');
    expect(await page.evaluate(() => document.activeElement?.outerHTML ?? ''), `${path}: k goes back`).toBe(first);
    await page.keyboard.press('/');
    await expect(page.getByRole('searchbox'), `${path}: / searches`).toBeFocused();
  }
  await page.goto('/contracts?as_of=2026-01-31');
  await expect(page.locator('html')).toHaveAttribute('data-awake', '');
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await expect(page).toHaveURL(/\/findings\?as_of=2026-01-31$/);
});

test.describe('without WASM', () => {
  test.use({ javaScriptEnabled: false });

  test('the sheet of keys opens by its button, and says that they need a script', async ({ page, isMobile }) => {
    test.skip(isMobile, 'the button is in the menu');
    await page.goto('/contracts');
    await page.getByRole('button', { name: '? Keys' }).click();
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await expect(keys).toBeVisible();
    await expect(keys).toContainText('Keys work where the script of the page runs.');
    await keys.getByRole('button', { name: 'Close' }).click();
    await expect(keys).toBeHidden();
  });
});

/** Counts the pages of a PDF. */
function sheets(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}

test('every page prints on A4 with all its columns, and without empty sheets', async ({ page, isMobile }) => {
  test.skip(isMobile, 'paper is as wide everywhere');
  test.slow();
  const money = { '/contractors': 'Committed', '/contracts': 'Estimate', '/spend': 'Left' };
  const details = [
    await firstOf(page, '/contractors?has=active'),
    await firstOf(page, '/contracts?state=active'),
    await firstOf(page, '/spend'),
    await firstOf(page, '/deliveries?outcome=stored'),
  ];
  for (const path of [...Object.keys(money), ...details, '/', '/calendar', '/findings', '/deliveries', '/catalog', '/catalog/client.contract.offered']) {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.goto(path);
    // A4 less its margins, at 96 dots an inch.
    await page.emulateMedia({ media: 'print' });
    await page.setViewportSize({ width: 710, height: 1031 });
    const column = money[path as keyof typeof money];
    if (column !== undefined) {
      await expect(page.getByRole('columnheader', { name: column, exact: true }), path).toBeVisible();
    }
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll('main :is(td, th, p, li, dd, pre)')]
        .filter((one) => one.getBoundingClientRect().right > 711)
        .map((one) => one.textContent?.slice(0, 40)),
    );
    expect(cut, `${path}: beyond the sheet`).toEqual([]);
    const hidden = await page.locator('main table:visible :is(th, td):not(:visible)').count();
    expect(hidden, `${path}: hidden cells`).toBe(0);
    const height = await page.evaluate(() => document.querySelector('main')?.scrollHeight ?? 0);
    const printed = sheets(await page.pdf({ format: 'A4', preferCSSPageSize: true }));
    expect(printed, `${path}: sheets for ${height} px`).toBeGreaterThan(0);
    // Rows are not broken, so a sheet may end early; but none is left empty.
    expect(printed, `${path}: sheets for ${height} px`).toBeLessThanOrEqual(Math.ceil((height / 1031) * 1.35) + 1);
    await page.emulateMedia({ media: null });
  }
});

test('on a phone nothing is off the screen, covered, or run together', async ({ page, isMobile }) => {
  if (!isMobile) {
    await page.setViewportSize({ width: 390, height: 800 });
  }
  const paths = [await firstOf(page, '/spend'), await firstOf(page, '/contractors'), '/contracts', '/catalog'];
  for (const path of paths) {
    await page.goto(path);
    await expectNoSidewaysScroll(page);
    const glued = await page.evaluate(() =>
      [...document.querySelectorAll('main :not(svg *)')].flatMap((one) => {
        const next = one.nextSibling;
        const isInline = (element: Element) => getComputedStyle(element).display === 'inline';
        if (!(next instanceof Element) || !isInline(one) || !isInline(next)) return [];
        const words = [one.textContent ?? '', next.textContent ?? ''] as const;
        return /[\p{L}\p{N}]$/u.test(words[0]) && /^[\p{L}\p{N}]/u.test(words[1]) ? [words.join('|')] : [];
      }),
    );
    expect(glued, `${path}: words without a space between them`).toEqual([]);
    const picker = page.locator('details.as-of > summary');
    if ((await picker.count()) > 0) {
      await picker.click();
      const box = (await page.locator('.as-of-form').boundingBox())!;
      const { width } = page.viewportSize()!;
      expect(box.x, path).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width, path).toBeLessThanOrEqual(width);
    }
  }

  const delivery = await firstOf(page, '/deliveries?outcome=stored');
  await page.goto(delivery);
  await awake(page);
  expect(await page.locator('.tree .leaf').count()).toBeGreaterThan(0);
  const covered = await page.locator('.tree .leaf').evaluateAll((leaves: Element[]) =>
    leaves.flatMap((leaf) => {
      const button = leaf.querySelector('.copy')?.getBoundingClientRect();
      const texts = [...leaf.querySelectorAll('span')].flatMap((span) => [...span.getClientRects()]);
      const isOver = (rect: DOMRect) =>
        button && rect.left < button.right && rect.right > button.left && rect.top < button.bottom && rect.bottom > button.top;
      return texts.some(isOver) ? [leaf.textContent] : [];
    }),
  );
  expect(covered, 'values below a button').toEqual([]);
});

test('copying works without a clipboard interface, and says so only when it is done', async ({ page, context, isMobile }) => {
  test.skip(isMobile, 'the same everywhere');
  await context.grantPermissions(['clipboard-read']);
  await page.goto(await firstOf(page, '/deliveries?outcome=stored'));
  await awake(page);
  const currency = page.locator('[data-path="event_type"]');
  const copy = currency.getByRole('button', { name: 'Copy the path event_type' });
  // As on a page that came over plain http.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }));
  await currency.hover();
  await copy.click();
  await expect(page.getByText('Copied event_type')).toBeVisible();
  await page.evaluate(() => {
    document.execCommand = () => false;
  });
  await copy.click();
  await expect(page.getByText('This browser copies nothing here. The path is event_type')).toBeVisible();
});

test('a picture on a wide screen follows the hand, and lands where it was dropped', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a finger scrolls the box');
  await page.setViewportSize({ width: 1600, height: 900 });
  await page.goto(`${await firstOf(page, '/contractors?has=active')}?zoom=year&from=2026-01-01`);
  await awake(page);
  await expect(page.locator('.picture-hint')).toBeVisible();
  const box = (await page.locator('#picture .picture-svg').boundingBox())!;
  const line = page.locator('#picture .moving .grid').nth(4);
  const before = (await line.boundingBox())!.x;
  await page.mouse.move(box.x + 500, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + 300, box.y + 12, { steps: 4 });
  expect(Math.abs((await line.boundingBox())!.x - before + 200), 'as far as the hand').toBeLessThan(1);
  await page.mouse.up();
  // 366 days are 820 pixels wide, whatever the screen.
  await expect(page.locator('#picture')).toHaveAttribute('data-from', '2026-03-31');
});
