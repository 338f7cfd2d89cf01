// The changes of each event of a contract, and comparisons of two events, as a hirer sees them.

import type { Page } from '@playwright/test';
import { expectNoViolations } from '../support/axe';
import { Story, contractOf, deliver, fixtureOf, messageId } from '../support/sender';
import { expect, expectNoSidewaysScroll, test, waitForPage } from '../support/test';

/** A contract whose hirers, rate and end change on the way. */
async function told(page: Page): Promise<string> {
  const story = new Story();
  const object = (change: (contract: Record<string, unknown>) => void, name: string) => {
    const body = JSON.parse(fixtureOf(name, story)) as { data: { object: Record<string, unknown> } };
    Object.assign(body.data.object, JSON.parse(fixtureOf('contract.notice_served', story)).data.object);
    body.data.object['actual_end_date'] = null;
    change(body.data.object);
    return JSON.stringify(body);
  };
  const events: [string, string, (contract: Record<string, unknown>) => void][] = [
    ['contract.approved', '2025-11-20T09:30:00Z', (one) => (one['hirers'] = (one['hirers'] as unknown[]).slice(0, 1))],
    ['contract.offered', '2025-11-21T10:00:00Z', () => undefined],
    ['contract.accepted', '2025-11-24T14:15:00Z', (one) => (one['rate'] = { currency: 'GBP', unit: 'DAY', value: 500.0 })],
    ['contract.notice_served', '2026-01-30T09:15:33Z', (one) => {
      one['rate'] = { unit: 'DAY', value: '500.00', currency: 'GBP' };
      one['end_date'] = '2026-02-13';
    }],
    ['contract.completed', '2026-02-13T17:00:00Z', (one) => {
      one['rate'] = { unit: 'DAY', value: '500', currency: 'GBP' };
      one['end_date'] = '2026-02-13';
      one['actual_end_date'] = '2026-02-13';
    }],
  ];
  let body = '';
  for (const [name, at, change] of events) {
    body = object(change, name);
    const answer = await deliver({ body, id: messageId(new Date(at)) });
    expect(answer.status).toBe(200);
  }
  const path = `/contracts/${contractOf(body)}`;
  await waitForPage(page, path);
  await expect(async () => {
    await page.reload();
    await expect(page.locator('li.entry')).toHaveCount(events.length, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  return path;
}

for (const javaScriptEnabled of [true, false]) {
  test.describe(javaScriptEnabled ? 'with WASM' : 'without WASM', () => {
    test.use({ javaScriptEnabled, reader: 'hirer' });

    test('a hirer reads a contract from its approval to its end, and compares any two events', async ({ page }) => {
      const path = await told(page);
      const entries = page.locator('li.entry');
      await expect(entries.nth(3)).toContainText('Hirers');
      await expect(entries.nth(3).locator('ins')).toContainText('Tomasz Wrona');
      await expect(entries.nth(2)).toContainText('£475.00 a day');
      await expect(entries.nth(2).locator('ins')).toContainText('£500.00 a day');
      // The rate is spelled in another way from then on, and that is no change.
      await expect(entries.nth(1).locator('dt')).toHaveText(['End date']);
      await expect(entries.nth(0)).toContainText('unchanged since “Notice served”');

      const main = page.getByRole('main');
      const text = await main.innerText();
      expect(text, 'no event name').not.toMatch(/client\.(contract|client_contact|spend_request)\./);
      expect(text, 'no JSON').not.toMatch(/[{}]|"\w+":/);
      await expect(main.locator('li.entry a[href^="/deliveries/"]'), 'every sentence links to its delivery').toHaveCount(5);
      await expectNoSidewaysScroll(page);

      const options = await page.getByLabel('From').locator('option').evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
      await page.getByLabel('From').selectOption(options.at(-1) ?? '');
      await page.getByLabel('To').selectOption(options[0] ?? '');
      await page.getByRole('button', { name: 'Compare' }).click();
      await expect(page).toHaveURL(new RegExp(`${path}\\?from=\\d+&to=\\d+#compare$`));
      const table = page.getByRole('region', { name: 'What differs' });
      await expect(table.getByRole('rowheader')).toHaveText(['Hirers', 'End date', 'Actual end date', 'Rate']);
      await expect(table.getByRole('row', { name: /^End date/ })).toContainText('13 February 2026');
      await expectNoSidewaysScroll(page);
    });

    test('the delivery of an event tells a hirer when it happened, how it came and what it changed, and nothing of what was sent', async ({ page }) => {
      await told(page);
      await page.locator('li.entry').nth(1).getByRole('link', { name: 'Notice served' }).click();
      await expect(page).toHaveURL(/\/deliveries\/\d+$/);
      await expect(page.getByRole('heading', { level: 1, name: 'Notice served' })).toBeVisible();
      await expect(page.locator('.differences dt')).toHaveText(['End date']);
      const main = page.getByRole('main');
      await expect(main).toContainText('It came once, and its signature proved that YunoJuno sent it.');
      const text = await main.innerText();
      expect(text, 'no event name').not.toMatch(/client\.(contract|client_contact|spend_request)\./);
      expect(text, 'no JSON').not.toMatch(/[{}]|"\w+":/);
      await expect(main.locator('pre, code')).toHaveCount(0);
      if (javaScriptEnabled) {
        await expectNoViolations(page);
      }
      await expectNoSidewaysScroll(page);
    });
  });
}

test('an admin opens what an event changed, and the delivery it came with says the same', async ({ page }) => {
  await told(page);
  await expectNoViolations(page);
  await page.locator('li.entry').nth(1).getByRole('link', { name: 'Notice served' }).click();
  await expect(page.getByRole('heading', { name: 'What changed' })).toBeVisible();
  await expect(page.locator('.differences dt')).toHaveText(['End date']);
  await expect(page.locator('.differences del')).toContainText('27 March 2026');
  await expectNoViolations(page);
});
