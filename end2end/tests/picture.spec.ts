// The chart of a contractor: complete without WASM, interactive with it, on a phone and in print.

import type { Page } from '@playwright/test';
import { awake, expect, expectNoSidewaysScroll, test } from '../support/test';

/** Opens the page of a contractor at work, so that there is something to draw. */
async function open(page: Page): Promise<void> {
  await page.goto('/contractors?has=active');
  await page.locator('tbody a.main').first().click();
  await expect(page.locator('#picture')).toBeVisible();
}

const bars = (page: Page) => page.locator('#picture .seg');
const sheet = (page: Page) => page.locator('#picture .picture-scroll');

/** Asserts that all text is within the chart. */
async function expectNoWordsCut(page: Page): Promise<void> {
  expect(await page.locator('#picture .picture-svg text').count()).toBeGreaterThan(0);
  const cut = await page.locator('#picture .picture-svg').evaluate((svg: Element) => {
    const box = svg.getBoundingClientRect();
    return [...svg.querySelectorAll('text')]
      .filter((text) => {
        const own = text.getBoundingClientRect();
        return own.left < box.left - 1 || own.right > box.right + 1;
      })
      .map((text) => text.textContent);
  });
  expect(cut).toEqual([]);
}

/** Asserts that text in a bar fits. */
async function expectWordsFit(page: Page): Promise<void> {
  expect(await bars(page).count()).toBeGreaterThan(0);
  const over = await bars(page).evaluateAll((all: Element[]) =>
    all
      .filter((one) => {
        const [bar, text] = [one.querySelector('.bar'), one.querySelector('text')];
        return bar && text && text.getBoundingClientRect().width > bar.getBoundingClientRect().width;
      })
      .map((one) => one.textContent),
  );
  expect(over).toEqual([]);
}

test('on paper the picture and its table are whole, and what can only be clicked is gone', async ({ page, isMobile }) => {
  test.skip(isMobile, 'paper is as wide everywhere');
  await open(page);
  await page.emulateMedia({ media: 'print' });
  // A4 less its margins, at 96 dots an inch.
  await page.setViewportSize({ width: 710, height: 1031 });
  await expect(page.locator('.picture-table table').first()).toBeVisible();
  await expect(page.locator('.side')).toBeHidden();
  await expect(page.locator('.picture-head .chips')).toBeHidden();
  await expectNoWordsCut(page);
  const wide = await page.locator('.picture-sheet, .picture-table table, .entries, aside .box').evaluateAll((all: Element[]) =>
    all.map((one) => one.getBoundingClientRect().right).filter((right) => right > 710),
  );
  expect(wide, 'nothing reaches beyond the sheet').toEqual([]);
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
});

test.describe('without WASM', () => {
  test.use({ javaScriptEnabled: false });

  test('links choose the stretch of time, and the address keeps it', async ({ page }) => {
    const stretch = page.getByRole('navigation', { name: 'Stretch of time' });
    // Somebody whose work began before the quarter that is shown; who that is depends on the day.
    await page.goto('/contractors?has=active');
    const hrefs = await page.locator('tbody a.main').evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''));
    expect(hrefs.length).toBeGreaterThan(0);
    for (const href of hrefs) {
      await page.goto(`${href}?zoom=quarter`);
      if ((await stretch.getByRole('link', { name: 'Earlier' }).count()) > 0) {
        await page.goto(href);
        break;
      }
    }
    await expect(page.locator('#picture')).toBeVisible();
    expect(await bars(page).count()).toBeGreaterThan(0);
    await expect(page.locator('#picture .now text')).toHaveText('Today');
    await stretch.getByRole('link', { name: 'Quarter' }).click();
    await expect(page).toHaveURL(/\?zoom=quarter#picture$/);
    await expect(stretch.getByRole('link', { name: 'Quarter' })).toHaveAttribute('aria-current', 'true');
    await expect(page.locator('#picture')).toHaveAttribute('data-days', '92');
    await stretch.getByRole('link', { name: 'Earlier' }).click();
    await expect(page).toHaveURL(/zoom=quarter&from=\d{4}-\d\d-\d\d#picture$/);
    await page.getByRole('navigation', { name: 'Which events' }).getByRole('link').last().click();
    await expect(page).toHaveURL(/show=\w+&zoom=quarter&from=/);
    await stretch.getByRole('link', { name: 'All' }).click();
    await expect(page).toHaveURL(/\?show=\w+#picture$/);
  });

  test('the table says the same, and every bar leads somewhere', async ({ page }) => {
    await open(page);
    await page.getByText('The same as a table').click();
    const rows = page.getByRole('region', { name: 'Contracts as a table' }).locator('tbody tr');
    expect(await rows.count()).toBeGreaterThan(0);
    const hrefs = await bars(page).evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(hrefs.length).toBeGreaterThan(0);
    expect(hrefs.every((href) => /^\/(deliveries|contracts|contractors)\//.test(href ?? ''))).toBe(true);
    await page.goto(hrefs[0] ?? '');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  });
});

test.describe('for a hirer', () => {
  test.use({ reader: 'hirer' });

  test('the picture leads to no delivery, and every sentence to its own and to its place', async ({ page }) => {
    await open(page);
    await expect(page.locator('#picture a[href^="/deliveries"]')).toHaveCount(0);
    await expect(page.locator('li.entry a[href^="/deliveries/"]')).toHaveCount(await page.locator('li.entry').count());
    const first = page.locator('li.entry a.clock').first();
    const href = (await first.getAttribute('href')) ?? '';
    expect(href).toMatch(/^\/(contracts|contractors|spend)\/[^#]+#event-\d+$/);
    await page.goto(href);
    await expect(page.locator(href.slice(href.indexOf('#')))).toBeVisible();
  });
});

test('words fit, and the page does not scroll sideways, on this screen', async ({ page }) => {
  await open(page);
  await expectNoSidewaysScroll(page);
  await expectNoWordsCut(page);
  await expectWordsFit(page);
  await awake(page);
  await expect(page.locator('#picture .now text'), 'it opens where today is').toBeInViewport();
  const label = page.locator('.picture-labels a').first();
  await expect(label).toBeInViewport({ ratio: 0.9 });
  await sheet(page).evaluate((box: Element) => box.scrollTo({ left: -10_000 }));
  await expect(label, 'labels stay while the picture scrolls').toBeInViewport({ ratio: 0.9 });
});

test('keys, wheel and hand change the view, and the address with it', async ({ page, isMobile }) => {
  test.skip(isMobile, 'a finger scrolls the box');
  await open(page);
  // How much "All" shows depends on the day of the test; a year is a year.
  await page.goto(`${new URL(page.url()).pathname}?zoom=year`);
  await awake(page);
  await expect(page.locator('.picture-hint')).toBeVisible();
  await sheet(page).focus();
  // Of requests made during another one only the last is kept, so each step waits for the previous view.
  const expectView = async (zoom: string, days: number) => {
    await expect(page.locator('#picture')).toHaveAttribute('data-days', `${days}`);
    await expect(page).toHaveURL(new RegExp(`zoom=${zoom}&from=`));
  };
  await page.keyboard.press('+');
  await expectView('quarter', 92);
  await expect(sheet(page), 'the focus stays').toBeFocused();
  await page.keyboard.press('-');
  await expectView('year', 366);
  await page.keyboard.press('+');
  await expectView('quarter', 92);

  await sheet(page).hover();
  await page.keyboard.down('Control');
  await page.mouse.wheel(0, -200);
  await page.keyboard.up('Control');
  await expectView('month', 35);

  const from = () => page.locator('#picture').getAttribute('data-from');
  const before = await from();
  const box = (await page.locator('#picture .picture-svg').boundingBox())!;
  await page.mouse.move(box.x + 300, box.y + 12);
  await page.mouse.down();
  await page.mouse.move(box.x + 420, box.y + 12, { steps: 4 });
  await page.mouse.up();
  await expect.poll(from).not.toBe(before);
  const dragged = page.url();
  expect(dragged).toContain(`from=${await from()}`);
  await page.goto(dragged);
  await expect(page.locator('#picture')).toHaveAttribute('data-from', (await from()) ?? '');
});
