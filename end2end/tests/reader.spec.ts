// Reading deliveries: beside their list and alone, what can be done with them, and refused ones that are listed as one.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { expectNoViolations } from '../support/axe';
import { openDelivery } from '../support/deliveries';
import { Story, contractOf, deliver, fixtureOf, messageId } from '../support/sender';
import { awake, expect, expectNoSidewaysScroll, test } from '../support/test';

const run = promisify(execFile);

const rows = (page: Page) => page.locator('.list-pane tbody tr[id]');
const panel = (page: Page) => page.locator('aside.panel');

/** Sends an offer and its signature, with another end; returns the contract. */
async function story(): Promise<string> {
  const told = new Story();
  const offered = fixtureOf('contract.offered', told);
  const accepted = fixtureOf('contract.accepted', told).replaceAll('2025-11-28', '2026-01-30');
  const before = Date.now() - 3_600_000;
  await deliver({ body: offered, id: messageId(new Date(before)) });
  await deliver({ body: accepted, id: messageId(new Date(before + 60_000)) });
  return contractOf(offered);
}

/** What is cut off within the page, or reaches beyond the screen. */
async function expectNothingClipped(page: Page): Promise<void> {
  await expectNoSidewaysScroll(page);
  const clipped = await page.locator('main :is(h1, h2, dd, dt, p, .pill, .chip, .button, .checks b)').evaluateAll((all) =>
    all
      .filter((one) => one.clientWidth > 0 && getComputedStyle(one).display !== 'inline' && one.scrollWidth > one.clientWidth + 1)
      .map((one) => `<${one.localName}> ${one.textContent?.slice(0, 60)}`),
  );
  expect(clipped, `${page.url()} cuts texts`).toEqual([]);
}

test('a delivery opens beside the list, is marked there, and closes again', async ({ page }) => {
  const contract = await story();
  await page.goto(`/deliveries?q=${contract}`);
  await expect(rows(page)).toHaveCount(2);
  await rows(page).first().locator('a.main').click();
  await expect(page).toHaveURL(new RegExp(`\\?q=${contract}&open=\\d+#d\\d+$`));
  await expect(rows(page)).toHaveCount(2);
  await expect(panel(page).getByRole('heading', { name: 'Contract signed' })).toBeVisible();
  await expect(page.locator('.list-pane [aria-current=true]')).toHaveText('Contract signed');
  const [list, open] = [await page.locator('.list-pane').boundingBox(), await panel(page).boundingBox()];
  expect(list!.x + list!.width, 'side by side').toBeLessThan(open!.x);

  await expect(panel(page).locator('.told')).toContainText('was signed by');
  await expect(panel(page).getByRole('link', { name: 'See it in the timeline' })).toHaveAttribute('href', new RegExp(`^/contracts/${contract}#event-\\d+$`));
  await panel(page).getByRole('link', { name: /^Previous event/ }).click();
  await expect(page.locator('.list-pane [aria-current=true]')).toHaveText('Contract offered');
  await expect(panel(page).getByRole('heading', { name: 'Contract offered' })).toBeVisible();

  await panel(page).getByRole('link', { name: 'Close' }).click();
  await expect(page).toHaveURL(new RegExp(`\\?q=${contract}#d\\d+$`));
  await expect(panel(page)).toHaveCount(0);
  await expect(rows(page)).toHaveCount(2);

  await rows(page).first().locator('a.main').click();
  await panel(page).getByRole('heading', { name: 'Contract signed' }).getByRole('link').click();
  await expect(page).toHaveURL(/\/deliveries\/\d+$/);
  await expect(page.getByRole('heading', { level: 1, name: 'Contract signed' })).toBeVisible();
  await expect(page.locator('[data-path="data.object.end_date"]')).toContainText('changed');
  await expect(page.locator('[data-path="data.object.title"]')).not.toContainText('changed');
});

test('keys move through the rows, open one and close it', async ({ page, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'keys need scripts');
  const contract = await story();
  await page.goto(`/deliveries?q=${contract}`);
  await awake(page);
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('heading', { name: 'Contract offered' })).toBeVisible();
  await awake(page);
  await page.keyboard.press('k');
  await expect(rows(page).first().locator('a.main'), 'from the row that is open').toBeFocused();
  await page.keyboard.press('Enter');
  await expect(panel(page).getByRole('heading', { name: 'Contract signed' })).toBeVisible();
  await awake(page);
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(page).toHaveURL(/#d\d+$/);
  await awake(page);
  await page.keyboard.press('j');
  await expect(rows(page).last().locator('a.main'), 'from the row that was open').toBeFocused();
});

test('the list keeps its place, and grows on while a delivery is open', async ({ page, javaScriptEnabled }) => {
  await page.goto('/deliveries?outcome=stored');
  const link = rows(page).nth(30).locator('a.main');
  await link.scrollIntoViewIfNeeded();
  if (javaScriptEnabled === false) {
    await link.click();
    await expect(panel(page)).toBeVisible();
    await expect(page.locator('.list-pane [aria-current=true]')).toBeInViewport();
    return;
  }
  await awake(page);
  const seq = await rows(page).nth(30).getAttribute('data-seq');
  const row = page.locator(`#d${seq}`);
  await row.locator('a.main').click();
  await expect(panel(page)).toBeVisible();
  await awake(page);
  const before = await page.evaluate(() => window.scrollY);
  expect(before).toBeGreaterThan(100);
  await panel(page).getByRole('link', { name: 'Close' }).click();
  await expect(panel(page)).toHaveCount(0);
  await awake(page);
  expect(Math.abs((await page.evaluate(() => window.scrollY)) - before)).toBeLessThan(3);

  await rows(page).first().locator('a.main').click();
  await expect(panel(page)).toBeVisible();
  await expect(page.locator('button.live-pill')).toHaveText('Live');
  const contract = await story();
  const fresh = rows(page).filter({ has: page.locator(`a[href="/contracts/${contract}"]`) });
  await expect(fresh).toHaveCount(2);
  await fresh.first().locator('a.main').click();
  await expect(panel(page).getByRole('heading', { name: 'Contract signed' })).toBeVisible();
});

test('a value leads to the deliveries that have it', async ({ page }) => {
  const contract = await story();
  await page.goto(`/deliveries?q=${contract}`);
  await openDelivery(rows(page));
  const leaf = page.locator('[data-path="data.object.contract_id"]');
  await leaf.hover();
  await leaf.getByRole('link', { name: 'Find others' }).click();
  await expect(page.getByRole('searchbox', { name: 'Search' })).toHaveValue(`contract_id = ${contract}`);
  await expect(rows(page)).toHaveCount(2);
});

test('the tools of a payload find within it and copy values', async ({ page, context, javaScriptEnabled }) => {
  test.skip(javaScriptEnabled === false, 'these need scripts');
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const contract = await story();
  await page.goto(`/deliveries?q=${contract}`);
  await openDelivery(rows(page));
  await awake(page);
  await page.getByRole('searchbox', { name: 'Find in the values shown' }).fill('CURRENCY');
  await expect(page.getByText(/^\d+ of \d+ values$/)).toBeVisible();
  await expect(page.locator('[data-path="data.object.rate.currency"]')).toBeVisible();
  await expect(page.locator('[data-path="data.object.title"]')).toBeHidden();
  await page.getByRole('searchbox', { name: 'Find in the values shown' }).fill('');
  const title = page.locator('[data-path="data.object.title"]');
  await title.hover();
  await title.getByRole('button', { name: 'Copy the value of data.object.title' }).click();
  await expect(page.getByText(/^Copied Autumn campaign/)).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(/^Autumn campaign/);
});

test('a copied command sends the message again, which is stored as a repeat', async ({ page, context, guard, javaScriptEnabled }) => {
  // Browsers ask for it beside a plain text.
  guard.expects(/favicon\.ico/);
  for (const text of [fixtureOf('contract.offered', new Story()), 'it\'s "no" JSON $HOME\r\n\u202e']) {
    const { id } = await deliver({ body: text });
    await page.goto(`/deliveries?q=${id}`);
    await expect(rows(page)).toHaveCount(1);
    await openDelivery(rows(page));
    const button = page.getByRole('button', { name: 'Copy as curl' });
    let command: string;
    if (javaScriptEnabled === false) {
      await button.click();
      await expect(page).toHaveURL(/\/curl$/);
      command = await page.locator('body').innerText();
    } else {
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await awake(page);
      await button.click();
      await expect(page.getByText('Copied. Its signature is valid for five minutes.')).toBeVisible();
      command = await page.evaluate(() => navigator.clipboard.readText());
    }
    expect(command).not.toContain('whsec_');
    const { stdout } = await run('sh', ['-c', command]);
    expect(stdout).toMatch(/^HTTP\/1\.1 200/);
    expect(stdout).toContain('duplicate');
    await page.goto(`/deliveries?q=${id}`);
    await expect(rows(page)).toHaveCount(2);
    const repeat = rows(page).filter({ hasText: 'Repeat' });
    await expect(repeat).toHaveCount(1);
    await openDelivery(repeat);
    await expect(page.getByText('the same', { exact: true }).first()).toBeVisible();
    await expect(page.getByText('differs from the first')).toHaveCount(0);
  }
});

test('refused requests of one sender and reason are one row that opens', async ({ page, javaScriptEnabled }) => {
  const id = messageId(new Date());
  const body = fixtureOf('contract.offered', new Story());
  const forge = () => deliver({ id, body, signature: 'v1,bm90aGluZw==' });
  for (let count = 0; count < 3; count += 1) {
    expect((await forge()).status).toBe(401);
  }
  const group = page.locator('tr.refusals');
  await expect(async () => {
    await page.goto(`/deliveries?q=${id}`);
    await expect(group).toContainText('×3', { timeout: 500 });
  }).toPass();
  await expect(group.locator('summary')).toHaveText(/^Refused requests ×3 since .* from 127\.0\.0\.1, step: headers$/);
  await expect(rows(page).first()).toBeHidden();
  await group.locator('summary').click();
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).first()).toBeVisible();
  if (javaScriptEnabled !== false) {
    await expectNoViolations(page);
    await expect(page.locator('button.live-pill')).toHaveText('Live');
    await forge();
    await expect(group).toContainText('×4');
    await expect(rows(page)).toHaveCount(4);
  }
  await rows(page).last().locator('a.main').click();
  await expect(panel(page).getByRole('heading', { name: 'Refused request' })).toBeVisible();
  await expect(panel(page).getByText('What to do:')).toBeVisible();
  await expect(page.locator('.list-pane [aria-current=true]'), 'its group is open').toBeVisible();
  await expect(panel(page).getByRole('button', { name: 'Copy as curl' })).toHaveCount(0);
});

test('a megabyte is read by parts', async ({ page, javaScriptEnabled }) => {
  const body = JSON.parse(fixtureOf('contract.offered', new Story())) as { data: { object: Record<string, unknown> } };
  body.data.object['numbers'] = Array.from({ length: 150_000 }, (_, at) => at);
  const { id, status } = await deliver({ body: JSON.stringify(body) });
  expect(status).toBe(200);
  await page.goto(`/deliveries?q=${id}`);
  await rows(page).first().locator('a.main').click();
  const parts = page.getByRole('navigation', { name: 'Parts of the payload' });
  await expect(parts).toContainText(/^Values 1 to \d+ of 150,0\d\d/);
  await parts.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL(/[?&]part=2#payload$/);
  await expect(panel(page)).toBeVisible();
  await expect(page.locator('.tree .leaf').first()).toBeInViewport();
  await parts.getByRole('link', { name: 'Last' }).click();
  await expect(page.locator('[data-path="data.object.numbers[149999]"]')).toBeVisible();
  await panel(page).getByRole('link', { name: 'Raw, byte for byte' }).click();
  await expect(parts).toContainText(/^Part 1 of \d+/);
  await expect(page.locator('#payload pre')).toContainText('"event_type"');
  if (javaScriptEnabled !== false) {
    await expectNoViolations(page);
  }
});

for (const width of [1280, 360]) {
  test(`axe finds nothing and nothing is cut at ${width} px, beside the list and alone`, async ({ page, javaScriptEnabled }) => {
    test.skip(javaScriptEnabled === false, 'axe is a script');
    test.slow();
    await page.setViewportSize({ width, height: 800 });
    const contract = await story();
    const { id } = await deliver({ body: fixtureOf('contract.offered', new Story()), signature: 'v1,bm90aGluZw==' });
    for (const search of [contract, id]) {
      await page.goto(`/deliveries?q=${search}`);
      await rows(page).first().locator('a.main').click();
      await expect(panel(page)).toBeVisible();
      await awake(page);
      await expect(page.locator('.list-pane')).toBeVisible({ visible: width > 1100 });
      await expectNothingClipped(page);
      await expectNoViolations(page);
      await page.emulateMedia({ colorScheme: 'light' });
      await panel(page).getByRole('heading').first().getByRole('link').click();
      await expect(page.getByRole('heading', { level: 1, name: /^(Contract signed|Refused request)$/ })).toBeVisible();
      await awake(page);
      await expectNothingClipped(page);
      await expectNoViolations(page);
    }
  });
}
