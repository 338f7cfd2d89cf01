// The files of deliveries: what the menu exports is what the search finds.

import type { Download, Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expectNoViolations } from '../support/axe';
import { Story, contractOf, deliver, fixtureOf } from '../support/sender';
import { expect, expectNoSidewaysScroll, test } from '../support/test';

/** Sends offers that a word of their own finds, and returns the word with their contracts. */
async function offers(rates: string[]): Promise<{ word: string; contracts: string[] }> {
  const word = `export${randomBytes(4).toString('hex')}`;
  const contracts = [];
  for (const value of rates) {
    const body = JSON.parse(fixtureOf('contract.offered', new Story())) as { data: { object: Record<string, unknown> } };
    Object.assign(body.data.object, { title: `Campaign ${word}`, rate: { currency: 'GBP', unit: 'DAY', value } });
    const text = JSON.stringify(body);
    expect((await deliver({ body: text })).status).toBe(200);
    contracts.push(contractOf(text));
  }
  return { word, contracts };
}

async function openMenu(page: Page): Promise<void> {
  await page.locator('summary', { hasText: 'Export' }).click();
}

async function exported(page: Page, press: () => Promise<void>): Promise<{ name: string; text: string }> {
  const [download]: [Download, void] = await Promise.all([page.waitForEvent('download'), press()]);
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
}

test('the menu exports what the search finds, with the columns that were asked for', async ({ page, javaScriptEnabled }) => {
  const { word, contracts } = await offers(['612.50', '613']);
  await page.goto(`/deliveries?q=${word}&family=contract`);
  await openMenu(page);
  await expect(page.getByText(/^Every delivery that fits, oldest first\. Up to [\d,]+ requests are looked at\.$/)).toBeVisible();
  await expectNoSidewaysScroll(page);
  if (javaScriptEnabled !== false) {
    await expectNoViolations(page);
  }

  const lines = await exported(page, () => page.getByRole('link', { name: 'Export JSONL' }).click());
  expect(lines.name).toMatch(/^deliveries-\d{4}-\d\d-\d\d\.jsonl$/);
  const messages = lines.text.trimEnd().split('\n').map((line) => JSON.parse(line) as { body: string; headers: [string, string][] });
  expect(messages.map((message) => contractOf(message.body))).toEqual(contracts);
  expect(messages[0]?.headers.map(([name]) => name)).toContain('svix-signature');

  await page.getByLabel(/Further CSV columns/).fill('rate.value\ntitle');
  const table = await exported(page, () => page.getByRole('button', { name: 'Export CSV' }).click());
  expect(table.name).toMatch(/\.csv$/);
  const rows = table.text.trimEnd().split('\r\n');
  expect(rows).toHaveLength(3);
  expect(rows[0]).toMatch(/"Attempts","rate\.value","title"$/);
  expect(rows[1]).toMatch(new RegExp(`,612\\.50,"Campaign ${word}"$`));
  expect(rows[2]).toMatch(new RegExp(`,613,"Campaign ${word}"$`));
  await expect(page).toHaveURL(/\/deliveries\?q=/);
});

test('a wrong search has no menu', async ({ page }) => {
  await page.goto('/deliveries?q=outcom%3Arefused');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.locator('summary', { hasText: 'Export' })).toHaveCount(0);
});
