// The search of deliveries: what it finds, what is wrong with a search, and its help.

import type { Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { expectNoViolations } from '../support/axe';
import { Story, contractOf, deliver, fixtureOf } from '../support/sender';
import { expect, expectNoSidewaysScroll, test } from '../support/test';

interface Offer {
  email: string;
  cost: string;
  contract: string;
}

/** Sends an offer with an e-mail address, a rate and a custom field of its own. */
async function offer(rate: string): Promise<Offer> {
  const tail = randomBytes(4).toString('hex');
  const [email, cost] = [`amara.${tail}@example.com`, `CC-${tail}`];
  const body = JSON.parse(fixtureOf('contract.offered', new Story())) as { data: { object: Record<string, unknown> } };
  Object.assign(body.data.object, {
    freelancer: { full_name: 'Amara Okoye', email },
    rate: { currency: 'GBP', unit: 'DAY', value: rate },
    custom_fields: [{ name: 'cost_centre', value: cost }],
  });
  const text = JSON.stringify(body);
  expect((await deliver({ body: text })).status).toBe(200);
  return { email, cost, contract: contractOf(text) };
}

async function search(page: Page, text: string): Promise<void> {
  await page.getByRole('searchbox', { name: 'Search' }).fill(text);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get('q') === text);
}

const rows = (page: Page) => page.locator('.deliveries tbody').getByRole('row');

test('deliveries are found by e-mail, rate, custom field and id', async ({ page }) => {
  const { email, cost, contract } = await offer('612.50');
  await page.goto('/deliveries');
  for (const text of [
    email,
    email.toUpperCase(),
    `${cost} data.object.rate.value > 400`,
    `custom_fields[].value = ${cost}`,
    `rate.value >= 612.5 freelancer.email ~ ${email}`,
    contract,
  ]) {
    await search(page, text);
    await expect(rows(page), text).toHaveCount(1);
    await expect(rows(page)).toContainText('Contract offered');
  }
  await search(page, `${cost} data.object.rate.value > 700`);
  await expect(rows(page)).toHaveCount(0);
  await expect(page.getByText(/^Looked at [\d,]+ (of [\d,]+ )?deliver(y|ies)/)).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Filters in force' })).toContainText(
    `Deliveries that contain “${cost}” and whose data.object.rate.value is more than 700`,
  );
  await expectNoSidewaysScroll(page);
});

test('a wrong search is shown with a caret under its mistake, and stays in the box', async ({ page, javaScriptEnabled }) => {
  await page.goto('/deliveries');
  await search(page, 'amara outcom:refused');
  const marked = await page.getByRole('alert').locator('pre').innerText();
  expect(marked).toMatch(/^amara outcom:refused\n {6}\^+$/);
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('amara outcom:refused');
  await expect(rows(page)).toHaveCount(0);
  await expectNoSidewaysScroll(page);
  if (javaScriptEnabled !== false) {
    await expectNoViolations(page);
  }
});

test('the help is closed at first, and its examples run', async ({ page, javaScriptEnabled }) => {
  // A search that finds nothing: rows that come live are highlighted for a moment, which axe would see.
  await page.goto('/deliveries?q=zebra');
  const example = page.getByRole('link', { name: 'family:(contract or spend)', exact: true });
  await expect(example).toBeHidden();
  await page.getByText('How to search').click();
  await expect(example).toBeVisible();
  await expectNoSidewaysScroll(page);
  if (javaScriptEnabled !== false) {
    await expectNoViolations(page);
  }
  await example.click();
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue('family:(contract or spend)');
  await expect(rows(page).first()).toBeVisible();
  await expect(page.getByText(/^Looked (at [\d,]+ (of [\d,]+ )?deliveries, )?back to /)).toBeVisible();
  const last = (await rows(page).last().getAttribute('data-seq')) ?? '';
  await page.getByRole('link', { name: 'Look further back' }).click();
  await expect(page).toHaveURL(/[?&]before=/);
  await expect(rows(page).first()).toBeVisible();
  expect(await rows(page).evaluateAll((all) => all.map((row) => row.getAttribute('data-seq')))).not.toContain(last);
});

test('live rows are those that the search finds', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'live rows need scripts');
  const { email, cost } = await offer('300');
  await page.goto(`/deliveries?q=${encodeURIComponent(`freelancer.email = ${email} or "${cost} live"`)}`);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.locator('.live-pill')).toHaveText('Live');
  await offer('301');
  const body = JSON.parse(fixtureOf('contract.offered', new Story())) as { data: { object: Record<string, unknown> } };
  body.data.object['title'] = `${cost} live`;
  await deliver({ body: JSON.stringify(body) });
  await expect(rows(page)).toHaveCount(2);
});

test('a search that ended early goes on by itself, and adds what it finds beneath', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'without scripts the link stays');
  // The first part ends after ten rows, as if its time were over; what follows is the server's own answer.
  await page.route(/\/deliveries\?q=/, async (route) => {
    if (route.request().resourceType() !== 'document') {
      await route.continue();
      return;
    }
    const answer = await route.fetch();
    const html = await answer.text();
    const table = html.slice(html.indexOf('<tbody', html.indexOf('data-rows')));
    const all = /<tr data-seq.*?<\/tr>/gs[Symbol.match](table.slice(0, table.indexOf('</tbody>'))) ?? [];
    const [seq, at] = ['data-seq', 'data-at'].map((name) => new RegExp(`${name}="(\\d+)"`).exec(all[9] ?? '')?.[1]);
    const cut = all.slice(10).reduce((text, row) => text.replace(row, ''), html);
    const marked = cut.replace(/data-looked="\d*"/, 'data-looked="10"');
    await route.fulfill({ response: answer, body: marked.replace(/before=[^"&]*/, `before=${at}%7E${seq}`) });
  });
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'xhr' && request.url().includes('before=')) {
      asked.push(request.url());
    }
  });
  await page.goto(`/deliveries?q=${encodeURIComponent('family:(contract or spend)')}`);
  await expect(page.locator('.search-on')).toContainText(/The page is full|Everything was looked at/);
  const seqs = await rows(page).evaluateAll((all) => all.map((row) => Number(row.getAttribute('data-seq'))));
  expect(seqs.length).toBeGreaterThan(10);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(asked).toHaveLength(1);
  await expect(page.getByText(/^Looked .*back to /)).toHaveCount(1);
  // What is open beside a delivery does not go on: its rows are others.
  await rows(page).last().locator('a.main').click();
  await expect(page.getByRole('complementary')).toBeVisible();
  await expect(page.locator('.search-on')).toHaveCount(0);
});
