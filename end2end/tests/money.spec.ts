// Estimates, line by line, and budgets: the same figures on every page, with the breach
// at its event.

import { expectNoViolations } from '../support/axe';
import { Story, contractOf, deliver, fixtureOf } from '../support/sender';
import { expect, expectNoSidewaysScroll, test, waitForPage } from '../support/test';

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with WASM' : 'without WASM', () => {
    test.use({ javaScriptEnabled, reader: 'admin' });

    test('a contract says what it costs, and its requisition that it is over', async ({ page }) => {
      // Winter campaign under notice: 45 working days at £532.00 and 10 at £522.50, on a requisition of £21,500.00.
      const body = fixtureOf('contract.notice_served', new Story());
      await deliver({ body });
      await waitForPage(page, `/contracts/${contractOf(body)}`);
      const card = page.locator('section.card').filter({ has: page.getByRole('heading', { name: 'What it costs' }) });
      await expect(card).toContainText('£29,165.00');
      await expect(card).toContainText('an estimate');
      await expect(card.getByRole('row').filter({ hasText: '1 Dec 2025 to 31 Jan 2026' })).toContainText('£23,940.00');
      await expect(card.getByRole('row').filter({ hasText: '1 Feb 2026 to 13 Feb 2026' })).toContainText('£5,225.00');
      await expect(card.getByText('45 working days').filter({ visible: true })).toHaveCount(1);
      await expect(page.getByText('over by £7,665.00')).toBeVisible();
      await expectNoSidewaysScroll(page);

      await page.getByRole('link', { name: 'Winter campaign design budget' }).first().click();
      await expect(page.getByRole('heading', { level: 1, name: 'Winter campaign design budget' })).toBeVisible();
      const budget = page.locator('section.card').filter({ hasText: 'Approved against committed' });
      await expect(budget).toContainText('£21,500.00');
      await expect(budget).toContainText('£29,165.00');
      await expect(budget).toContainText('Over by');
      await expect(budget).toContainText('£7,665.00');
      await expect(budget.getByRole('img', { name: /£29,165\.00 committed/ })).toBeVisible();
      await expect(page.getByRole('row').filter({ hasText: 'Winter campaign - design lead' })).toContainText('£29,165.00');
      await expectNoSidewaysScroll(page);
      await page.locator('.finding[data-kind="over-budget"] a[href^="/deliveries/"]').click();
      await expect(page).toHaveURL(/\/deliveries\/\d+$/);
    });
  });
}

test('what was cancelled is not counted down', async ({ page }) => {
  const body = fixtureOf('contract.cancelled', new Story());
  await deliver({ body });
  await waitForPage(page, `/contracts/${contractOf(body)}`);
  await expect(page.getByText('Was to run', { exact: true })).toBeVisible();
  await expect(page.getByText('Was to end', { exact: true })).toBeVisible();
  await expect(page.getByText('Last day', { exact: true })).toHaveCount(0);
});

test('axe finds nothing on a requisition that is over, nor on the contract', async ({ page }) => {
  const body = fixtureOf('contract.notice_served', new Story());
  await deliver({ body });
  await waitForPage(page, `/contracts/${contractOf(body)}`);
  await expectNoViolations(page);
  await page.getByRole('link', { name: 'Winter campaign design budget' }).first().click();
  await expect(page.getByText('Approved against committed')).toBeVisible();
  await expectNoViolations(page);
});
