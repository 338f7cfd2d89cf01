// Lists: search while typing, filters, order, columns, CSV files, and the calendar with its links.

import { expectNoViolations as expectNoViolationsWithScripts } from '../support/axe';
import type { Page } from '@playwright/test';
import { awake, expect, expectNoSidewaysScroll, test } from '../support/test';

/** axe is a script: where none may run, the same page is looked at where they may. */
async function expectNoViolations(page: Page, scripts: boolean | undefined): Promise<void> {
  if (scripts !== false) {
    await expectNoViolationsWithScripts(page);
  }
}

test('the list follows the search text, and the form leads to the same', async ({ page, javaScriptEnabled }) => {
  await page.goto('/contractors');
  const first = page.locator('tbody a.main').first();
  const name = await first.innerText();
  const search = page.getByRole('searchbox');
  if (javaScriptEnabled === false) {
    await search.fill(name);
    await page.getByRole('button', { name: 'Search' }).click();
  } else {
    await awake(page);
    await search.pressSequentially('zzz nobody');
    await expect(page.getByRole('heading', { name: 'No contractor fits' })).toBeVisible();
    await search.fill(name);
    await expect(page.locator('form.search [role=status]')).toHaveText(/^\d+ contractors?$/);
    await expect(search, 'typing goes on').toBeFocused();
  }
  await expect(page).toHaveURL((url) => url.searchParams.get('q') === name);
  await expect(page.locator('tbody a.main').first()).toHaveText(name);
  await expect(page.getByRole('navigation', { name: 'Filters in force' })).toContainText(name);
  await expect(page.getByRole('link', { name: 'Export CSV' })).toHaveAttribute('href', /\?q=/);
  await expectNoSidewaysScroll(page);

  // The next filter keeps the search text.
  await page.getByText('Filters', { exact: true }).click();
  await page.getByLabel('Work', { exact: true }).selectOption('at_work');
  await page.locator('.wide-drop').getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL((url) => url.searchParams.get('q') === name && url.searchParams.get('has') === 'at_work');
});

test('findings follow the search text, too', async ({ page, javaScriptEnabled }) => {
  await page.goto('/findings');
  const first = page.locator('.finding-row .about a.name, .finding-row .about strong').first();
  const title = await first.innerText();
  const search = page.getByRole('searchbox');
  if (javaScriptEnabled === false) {
    await search.fill(title);
    await page.getByRole('button', { name: 'Search' }).click();
  } else {
    await awake(page);
    await search.pressSequentially('zzz nobody');
    await expect(page.getByRole('heading', { name: 'No finding fits' })).toBeVisible();
    await search.fill(title);
    await expect(search, 'typing goes on').toBeFocused();
  }
  await expect(page).toHaveURL((url) => url.searchParams.get('q') === title);
  await expect(first).toHaveText(title);
  await expectNoSidewaysScroll(page);

  await page.goto('/findings?as_of=2026-01-31T12:00Z');
  await expect(page.getByRole('note')).toContainText('This page tells of now.');
});

test('a filter narrows, a heading puts in order, ticked boxes are columns, and the file is the list', async ({ page, isMobile, javaScriptEnabled }) => {
  await page.goto('/contracts');
  await page.getByText('Filters', { exact: true }).click();
  await page.getByLabel('Currency').selectOption({ index: 1 });
  await page.getByLabel('Custom field', { exact: true }).fill('cost_centre');
  await expectNoViolations(page, javaScriptEnabled);
  await page.locator('.wide-drop').getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/[?&]currency=[A-Z]{3}(&|$)/);
  await expect(page.locator('tbody tr').first()).toBeVisible();

  await page.getByRole('columnheader', { name: 'Contract', exact: true }).getByRole('link').click();
  await expect(page).toHaveURL(/[?&]sort=title(&|$)/);
  await expect(page.getByRole('columnheader', { name: 'Contract', exact: true })).toHaveAttribute('aria-sort', 'ascending');
  const titles = (await page.locator('tbody a.main').allInnerTexts()).map((title) => title.toLowerCase());
  expect(titles.length).toBeGreaterThan(0);
  expect(titles).toEqual([...titles].sort(new Intl.Collator('en').compare));

  await page.getByText('Columns', { exact: true }).first().click();
  await page.getByRole('checkbox', { name: 'Hirers' }).check();
  await page.getByRole('checkbox', { name: 'Rate' }).uncheck();
  await page.locator('.list-tools').getByRole('button', { name: 'Show' }).click();
  await expect(page).toHaveURL(/[?&]cols=/);
  if (!isMobile) {
    await expect(page.getByRole('columnheader', { name: 'Hirers' })).toBeVisible();
  }
  await expect(page.locator('th', { hasText: 'Rate' })).toHaveCount(0);
  await expectNoSidewaysScroll(page);

  const file = await page.request.get((await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href')) ?? '');
  expect(file.headers()['content-type']).toContain('text/csv');
  const lines = (await file.text()).replace(/^\uFEFF/, '').split('\r\n');
  expect(lines[0]).toContain('Hirers');
  expect(lines[0]).not.toContain('Rate');
  const shown = await page.locator('tbody a.main').allInnerTexts();
  expect(shown.length).toBeGreaterThan(0);
  expect(lines.length - 2).toBeGreaterThanOrEqual(shown.length);
  // In the same order; what other tests delivered meanwhile may stand between.
  let place = 0;
  for (const title of shown) {
    place = lines.findIndex((line, at) => at > place && line.includes(title.slice(0, 8)));
    expect(place, title).toBeGreaterThan(0);
  }
});

test('contracts are narrowed to those that end in a month, and the address says which', async ({ page }) => {
  await page.goto('/contracts?ending=14&currency=GBP');
  const chips = page.getByRole('navigation', { name: 'Ends (UTC)' });
  await expect(chips.locator('[aria-current]')).toHaveCount(0);
  await chips.getByRole('link', { name: 'This month' }).click();
  const today = new Date().toISOString().slice(0, 8);
  await expect(page).toHaveURL((url) => url.searchParams.get('ends_from') === `${today}01` && !url.searchParams.has('ending'));
  await expect(page, 'other filters stay').toHaveURL(/[?&]currency=GBP(&|$)/);
  await expect(chips.locator('[aria-current]')).toHaveText('This month');
  await chips.getByRole('link', { name: 'This quarter' }).click();
  await expect(chips.locator('[aria-current]')).toHaveText('This quarter');
  await expect(page.locator('tbody tr').first()).toBeVisible();

  await page.getByText(/^Filters/).first().click();
  await page.getByLabel('Ends until', { exact: true }).fill('2001-02-03');
  await page.locator('.wide-drop').getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('heading', { name: 'No contract fits' })).toBeVisible();
  await page.getByRole('link', { name: 'Remove the filter Ends until 3 Feb 2001' }).click();
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await expectNoSidewaysScroll(page);
});

test('on a phone a row is whole, the list can be put in order, and chosen columns are shown', async ({ page, isMobile }) => {
  test.skip(!isMobile, 'a desktop has the room');
  for (const list of ['/contractors', '/contracts', '/spend']) {
    await page.goto(list);
    const row = page.locator('tbody tr').first();
    await expect(row).toBeVisible();
    const hidden = await page.locator('.table-wrap').evaluate((box: Element) => box.scrollWidth - box.clientWidth);
    expect(hidden, `nothing of ${list} has to be scrolled to`).toBeLessThanOrEqual(0);
  }
  await page.goto('/contracts?cols=hirers');
  await expect(page.locator('tbody td[data-label="Hirers"]').first()).toBeVisible();
  await page.goto('/contracts');
  await page.locator('thead').getByRole('link', { name: 'Ends' }).click();
  await expect(page).toHaveURL(/[?&]sort=-?end(&|$)/);
});

test('the calendar shows a month, and a link for other calendars works until it is revoked', async ({ page, request, javaScriptEnabled }, info) => {
  await page.goto('/calendar');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^[A-Z][a-z]+ \d{4}$/);
  await page.getByRole('link', { name: /^←/ }).click();
  await expect(page).toHaveURL(/[?&]month=\d{4}-\d{2}/);
  await expect(page.locator('.month-marks a').first()).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectNoViolations(page, javaScriptEnabled);
  await page.getByRole('link', { name: 'Today', exact: true }).click();
  await expect(page.locator('.month [aria-current=date]')).toContainText('today');

  const name = `Test of ${info.project.name}`;
  await page.getByLabel('Name of the calendar').fill(name);
  await page.getByRole('button', { name: 'Make a link' }).click();
  const address = await page.locator('code.url').innerText();
  await expectNoViolations(page, javaScriptEnabled);
  const fetched = await request.get(new URL(address).pathname, { headers: { cookie: '' } });
  expect(fetched.status()).toBe(200);
  expect(await fetched.text()).toMatch(/^BEGIN:VCALENDAR\r\n/);
  await page.getByRole('button', { name: `Revoke the link ${name}` }).click();
  await expect(page.getByText(name)).toHaveCount(0);
  expect((await request.get(new URL(address).pathname)).status()).toBe(404);
});
