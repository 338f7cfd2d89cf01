// Findings: listed with advice, linked to their events, dismissed with a reason, and restored.

import { expectNoViolations } from '../support/axe';
import { expect, expectNoSidewaysScroll, test } from '../support/test';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with WASM' : 'without WASM', () => {
    test.use({ javaScriptEnabled, reader: 'admin' });

    test('a finding is laid aside with a reason, shown with it, and taken up again', async ({ page }) => {
      await page.goto('/findings?severity=warning');
      // Both may run at once, so each dismisses another finding.
      const first = page.locator('.finding-row').nth(javaScriptEnabled ? 0 : 1);
      await expect(first).toBeVisible();
      await expectNoSidewaysScroll(page);
      const name = await first.locator('a.name').textContent();
      const reason = `Settled by telephone, ${javaScriptEnabled ? 'with' : 'without'} WASM`;
      await first.locator('details.dismiss > summary').click();
      await first.getByLabel('Why it may stay as it is').fill(reason);
      await first.getByRole('button', { name: 'Dismiss', exact: true }).click();
      await expect(page).toHaveURL(/\/findings\?severity=warning$/);

      await page.getByRole('link', { name: 'Show dismissed' }).click();
      const aside = page.locator('.finding-row', { hasText: reason });
      await expect(aside).toContainText('Dismissed by');
      await expect(aside.locator('a.name')).toHaveText(name ?? '');
      await aside.getByRole('button', { name: 'Undo' }).click();
      await expect(page.locator('.finding-row', { hasText: reason })).toHaveCount(0);
    });

    test('a finding leads to its place in the timeline', async ({ page }) => {
      await page.goto('/findings?about=contract');
      await page.locator('.finding-row a.name').first().click();
      await expect(page).toHaveURL(/\/contracts\/.+#event-\d+$/);
      const place = new URL(page.url()).hash;
      await expect(page.locator(place)).toBeVisible();
    });
  });
}

test.describe('a hirer', () => {
  test.use({ reader: 'hirer' });

  test('reads findings about contracts and money, and dismisses none', async ({ page }) => {
    await page.goto('/findings');
    await expect(page.locator('.finding-row').first()).toBeVisible();
    await expect(page.locator('.finding-row[data-kind="late"]')).toHaveCount(0);
    await expect(page.locator('details.dismiss')).toHaveCount(0);
    await expectNoViolations(page);
  });
});
