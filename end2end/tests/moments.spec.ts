// Pages as of a past day: chosen on the page, kept by every link, and reproducible from a shared URL.

import { expectNoViolations } from '../support/axe';
import { expect, expectNoSidewaysScroll, test } from '../support/test';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with WASM' : 'without WASM', () => {
    test.use({ javaScriptEnabled, reader: 'hirer' });

    test('a list is asked for a day in the past, and links stay there until one goes back', async ({ page }) => {
      await page.goto('/contracts');
      const today = await page.locator('tbody tr').count();
      await page.locator('details.as-of > summary').click();
      const day = new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10);
      await page.getByLabel('Day (its end, UTC)').fill(day);
      await page.getByRole('button', { name: 'Show', exact: true }).click();

      await expect(page).toHaveURL(new RegExp(`as_of=${day}`));
      await expect(page.getByRole('note')).toContainText('as it happened');
      await expectNoSidewaysScroll(page);
      expect(today).toBeGreaterThan(0);

      await page.locator('tbody a.main').first().click();
      await expect(page.getByRole('note')).toContainText('This is');
      await expect(page).toHaveURL(/as_of=/);
      // Nothing that is told happened later.
      const times = await page.locator('.entries time').evaluateAll((all) => all.map((one) => one.getAttribute('datetime') ?? ''));
      expect(times.length).toBeGreaterThan(0);
      for (const time of times) {
        expect(time.slice(0, 10) <= day, `${time} is after ${day}`).toBe(true);
      }
      await page.getByRole('link', { name: 'Back to today' }).click();
      await expect(page).not.toHaveURL(/as_of=/);
      await expect(page.getByRole('note')).toHaveCount(0);
    });

    test('as it was known, before anything had arrived, there is nothing', async ({ page }) => {
      // The history was sent a moment ago: on any day before, nothing of it was known, though much had happened.
      const day = new Date(Date.now() - 100 * 86_400_000).toISOString().slice(0, 10);
      await page.goto(`/contracts?as_of=${day}&by=known`);
      await expect(page.getByRole('note')).toContainText('as we knew it then');
      await expect(page.locator('tbody tr')).toHaveCount(0);
      await page.goto(`/contracts?as_of=${day}`);
      await expect(page.locator('tbody tr').first()).toBeVisible();
    });

    test('every other page is told of that day, too', async ({ page }) => {
      const day = new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10);
      for (const [list, of] of [
        ['/contractors', '/contractors/'],
        ['/spend', '/spend/'],
      ] as const) {
        await page.goto(`${list}?as_of=${day}`);
        await expect(page.getByRole('note')).toContainText('as it happened');
        // Requisitions of other tests have no events of their own: only contracts name them.
        await page.locator('tbody a.main').filter({ hasNotText: 'Autumn campaign' }).first().click();
        await expect(page).toHaveURL((url) => url.pathname.startsWith(of) && url.searchParams.has('as_of'));
        await expect(page.getByRole('note')).toContainText('This is');
        const times = await page.locator('.entries time').evaluateAll((all) => all.map((one) => one.getAttribute('datetime') ?? ''));
        expect(times.length).toBeGreaterThan(0);
        for (const time of times) {
          expect(time.slice(0, 10) <= day, `${time} is after ${day}`).toBe(true);
        }
        await expectNoSidewaysScroll(page);
      }
      await page.goto(`/calendar?as_of=${day}`);
      await expect(page.getByRole('note')).toContainText('as it happened');
      await expect(page.getByRole('heading', { level: 1 })).toContainText(day.slice(0, 4));
    });

    test('a day nobody can read is said to be none', async ({ page }) => {
      await page.goto('/contractors?as_of=31.01.2026');
      await expect(page.getByRole('note')).toContainText('cannot be read');
      await expect(page.locator('tbody tr').first()).toBeVisible();
    });
  });
}

test('axe finds nothing while the past is told and the picker is open', async ({ page }) => {
  await page.goto('/contracts?as_of=2026-01-31T12:00Z');
  await page.locator('details.as-of > summary').click();
  await expectNoViolations(page);
});
