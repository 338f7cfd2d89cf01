// Islands: local times, payload trees, keyboard shortcuts, and the persistent theme.

import { openDelivery } from '../support/deliveries';
import { Story, contractOf, deliver, fixtureOf, messageId } from '../support/sender';
import { awake, expect, test, waitForPage } from '../support/test';

/** In Tokyo it is the next day already. */
const HAPPENED = new Date('2026-01-29T20:15:33Z');

test.describe('times', () => {
  test.use({ timezoneId: 'Asia/Tokyo' });

  test('are shown in the reader’s zone, and in UTC on request', async ({ page }) => {
    const id = messageId(HAPPENED);
    await deliver({ id, body: fixtureOf('contract.offered', new Story()) });
    await page.goto(`/deliveries?q=${id}`);
    await openDelivery(page.locator('tbody tr'));
    await awake(page);
    const happened = page.locator('time[datetime="2026-01-29T20:15:33Z"]').first();
    await expect(happened).toHaveText(/^Fri 30 Jan 2026, 05:15:33\b/);
    await expect(happened).toHaveAttribute('title', /05:15:33.* · Thu 29 Jan 2026, 20:15:33 UTC$/);

    await page.getByRole('group', { name: 'Times' }).getByRole('button', { name: 'UTC' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-zone', 'utc');
    await expect(page).toHaveURL(/\/deliveries\/\d+$/);
    await expect(happened).toHaveText('Thu 29 Jan 2026, 20:15:33 UTC');
    await page.getByRole('button', { name: 'Expand all' }).click();
    await expect(happened, 'still, once the islands are awake').toHaveText('Thu 29 Jan 2026, 20:15:33 UTC');

    await page.getByRole('group', { name: 'Times' }).getByRole('button', { name: 'Local' }).click();
    await expect(happened).toHaveText(/^Fri 30 Jan 2026, 05:15:33\b/);
  });

  test('go on while nobody reloads', async ({ page, guard }) => {
    guard.expects(/ERR_FAILED/);
    await deliver({ body: fixtureOf('contract.offered', new Story()) });
    await page.clock.install();
    await page.goto('/');
    await awake(page);
    // Last events in the list of activity are told by the clock; this one is told by its distance.
    const last = page.locator('.feeds time[data-t=ago]').first();
    const exact = page.locator('.feeds time[data-t=full]').first();
    await expect(exact).toHaveAttribute('datetime', /Z$/);
    // The page asks for itself again, and there the clock stands where it stood.
    await page.route('**/*', (route) => (route.request().resourceType() === 'xhr' ? route.abort() : route.continue()));
    await page.clock.fastForward('01:00:10');
    await expect(last).toHaveText('1 hour ago');
    await expect(page.getByText('Junoscope does not answer.')).toBeVisible();
    await page.unrouteAll();
    await page.clock.fastForward(31_000);
    await expect(page.getByText('Junoscope does not answer.')).toBeHidden();
    await expect(last).not.toHaveText('1 hour ago');
  });

  test('never move the dates of a contract', async ({ page }) => {
    const body = fixtureOf('contract.offered', new Story());
    await deliver({ body });
    await waitForPage(page, `/contracts/${contractOf(body)}`);
    await awake(page);
    const dates = page.getByRole('main').locator('dd', { hasText: /^1 Sep – 28 Nov 2025$/ });
    await expect(dates).toHaveCount(1);
    await page.getByRole('group', { name: 'Times' }).getByRole('button', { name: 'UTC' }).click();
    await expect(page.locator('html')).toHaveAttribute('data-zone', 'utc');
    await expect(dates).toHaveCount(1);
    await expect(dates.locator('time')).toHaveCount(0);
  });
});

test('a payload tree opens, closes, and gives the path of a value', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { id } = await deliver({ body: fixtureOf('contract.offered', new Story()) });
  await page.goto(`/deliveries?q=${id}`);
  await openDelivery(page.locator('tbody tr'));
  await awake(page);
  const currency = page.locator('[data-path="data.object.rate.currency"]');
  await expect(currency).toBeVisible();
  await page.locator('summary[data-path="data.object.rate"]').click({ position: { x: 4, y: 8 } });
  await expect(currency).toBeHidden();
  await page.getByRole('button', { name: 'Collapse all' }).click();
  await expect(page.locator('[data-path="data.object.title"]')).toBeHidden();
  await page.getByRole('button', { name: 'Expand all' }).click();
  await expect(currency).toBeVisible();

  await currency.hover();
  await currency.getByRole('button', { name: 'Copy the path data.object.rate.currency' }).click();
  await expect(page.getByText('Copied data.object.rate.currency')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('data.object.rate.currency');
});

test('a theme once chosen stays, on every page and after a reload', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto('/contracts?state=completed');
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await background();
  const theme = page.getByRole('group', { name: 'Theme' });
  await theme.getByRole('button', { name: 'Dark' }).click();
  await expect(page).toHaveURL(/\/contracts\?state=completed$/);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(theme.getByRole('button', { name: 'Dark' })).toHaveAttribute('aria-pressed', 'true');
  const dark = await background();
  expect(dark).not.toBe(light);
  await page.reload();
  expect(await background()).toBe(dark);
  await page.goto('/catalog');
  expect(await background()).toBe(dark);

  await theme.getByRole('button', { name: 'Light' }).click();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await background(), 'chosen light wins over a dark system').toBe(light);
  await theme.getByRole('button', { name: 'Auto' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'system');
  expect(await background(), 'as the system says').toBe(dark);
});

test('what is fetched ahead is used: the WASM comes once', async ({ page }) => {
  const fetched: string[] = [];
  page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto('/contracts');
  await awake(page);
  const modules = fetched.filter((path) => path.endsWith('.wasm'));
  expect(modules).toHaveLength(1);
  await expect(page.locator(`link[rel="preload"][href="${modules[0]}"]`)).toBeAttached();
});

test('keys move through a list, open a row, and go from page to page', async ({ page }) => {
  await page.goto('/contracts');
  await awake(page);
  const links = page.locator('tbody a.main');
  await page.keyboard.press('j');
  await expect(links.nth(0)).toBeFocused();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(links.nth(2)).toBeFocused();
  await page.keyboard.press('k');
  await expect(links.nth(1)).toBeFocused();
  const target = await links.nth(1).getAttribute('href');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`${target}$`));

  await awake(page);
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await expect(page).toHaveURL(/\/deliveries$/);
  await awake(page);
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox')).toBeFocused();
  await page.keyboard.type('/gdj?');
  await expect(page.getByRole('searchbox'), 'keys are letters while one types').toHaveValue('/gdj?');
  await expect(page).toHaveURL(/\/deliveries$/);

  await page.locator('h1').click();
  await page.keyboard.press('?');
  const keys = page.getByRole('dialog', { name: 'Keys' });
  await expect(keys).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();
  for (const [key, path] of [['o', '/'], ['p', '/contractors'], ['c', '/contracts'], ['s', '/spend'], ['k', '/catalog']] as const) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await expect(page).toHaveURL((url) => url.pathname === path);
    await awake(page);
  }
});

test('everything can be reached by the keyboard alone', async ({ page }) => {
  await page.goto('/contractors');
  await page.keyboard.press('Tab');
  const skip = page.getByRole('link', { name: 'Skip to the content' });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.locator('details.as-of > summary')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Show test' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('searchbox')).toBeFocused();
});
