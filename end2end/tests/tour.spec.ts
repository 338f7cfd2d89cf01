// A tour of all pages, with and without WASM, on desktop and phone.

import type { Page } from '@playwright/test';
import { openDelivery } from '../support/deliveries';
import { addPerson, setPassword, signIn } from '../support/people';
import { CONTRACTORS } from '../support/world';
import { expect, expectNoSidewaysScroll, test } from '../support/test';

test.use({ reader: 'nobody' });

/** Checks title and width of a page after every navigation. */
async function arrived(page: Page, title: string | RegExp): Promise<void> {
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
  await expect(page).toHaveTitle(/ · Junoscope$/);
  await expectNoSidewaysScroll(page);
}

/** On a phone the navigation is behind a button. */
async function go(page: Page, to: string): Promise<void> {
  const link = page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: to, exact: true });
  const menu = page.getByRole('button', { name: 'Menu' });
  await expect(menu.or(link).first()).toBeVisible();
  if (await menu.isVisible()) {
    await menu.click();
    await expect(link).toBeVisible();
    await expectNoSidewaysScroll(page);
  }
  await link.click();
  await arrived(page, to);
  await expect(page.locator('#menu [aria-current=page]')).toHaveText(to);
}

const rows = (page: Page) => page.getByRole('main').locator('tbody').getByRole('row');

/** What a list leads to. */
async function linksOf(page: Page): Promise<{ text: string; href: string }[]> {
  return rows(page)
    .locator('a.main')
    .evaluateAll((links) => links.map((link) => ({ text: link.textContent ?? '', href: link.getAttribute('href') ?? '' })));
}

test('the whole tour, from the one-time link to signing out', async ({ page }, info) => {
  test.slow();
  const email = `tour.${info.project.name}@example.com`;
  const link = await addPerson(email, 'Tess Tour', 'admin');

  await test.step('a one-time link leads to a password, and in', async () => {
    await page.goto(link);
    await arrived(page, 'Welcome to Junoscope');
    await setPassword(page);
    await arrived(page, 'Overview');
  });

  await test.step('the overview says how the feed is and what happened last', async () => {
    await expect(page.getByText('Feed healthy', { exact: true })).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Recent activity' })).toBeVisible();
    await expect(page.locator('.entries li').first()).toBeVisible();
  });

  let [name, href] = ['', ''];
  await test.step('contractors are listed by name, page by page, searched and filtered', async () => {
    await go(page, 'Contractors');
    const seen: string[] = [];
    for (;;) {
      await expect(rows(page).first()).toBeVisible();
      const links = await linksOf(page);
      seen.push(...links.map((link) => link.href));
      const names = links.map((link) => link.text);
      expect(names).toEqual([...names].sort(new Intl.Collator('en').compare));
      const next = page.getByRole('link', { name: /Next page/ });
      if ((await next.count()) === 0) {
        break;
      }
      const before = page.url();
      await next.click();
      await expect(page).not.toHaveURL(before);
      await expect(page).toHaveURL(/\/contractors\?after=/);
    }
    expect(new Set(seen).size, 'nobody stands on two pages').toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(CONTRACTORS);
    await expect(page.getByText('That is all.')).toBeVisible();
    await page.getByRole('link', { name: /First page/ }).click();
    await expect(page).toHaveURL(/\/contractors$/);

    await page.goto('/contractors?has=active');
    const link = rows(page).last().locator('a.main');
    [name, href] = [await link.innerText(), (await link.getAttribute('href')) ?? ''];
    await page.goto('/contractors');
    const shown = page.locator(`a.main[href="${href}"]`);
    await page.getByRole('searchbox').fill(name.slice(0, -1).toUpperCase());
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page).toHaveURL(/\/contractors\?q=/);
    await expect(shown).toBeVisible();
    await expect(page.getByRole('searchbox')).toHaveValue(name.slice(0, -1).toUpperCase());
    for (const { text } of await linksOf(page)) {
      expect(text).toContain(name.slice(0, -1));
    }

    await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Onboarded' }).click();
    await expect(page).toHaveURL(/[?&]state=onboarded/);
    await expect(page).toHaveURL(/[?&]q=/);
    await expectNoSidewaysScroll(page);

    await page.getByRole('link', { name: 'Clear all' }).click();
    await expect(page).toHaveURL(/\/contractors$/);
    await page.getByRole('searchbox').fill('nobody of this name');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page.getByRole('heading', { name: 'No contractor fits' })).toBeVisible();
    await page.getByRole('link', { name: 'Show all contractors' }).click();
    await expect(rows(page).first()).toBeVisible();
  });

  await test.step('one contractor: contracts, and a story in sentences', async () => {
    await page.goto(`/contractors?q=${encodeURIComponent(name)}`);
    await page.locator(`a.main[href="${href}"]`).click();
    await arrived(page, name);
    await expect(page).toHaveURL(/\/contractors\/clct_/);
    const events = page.getByRole('region', { name: 'Events' });
    const all = await events.locator('li.entry').count();
    expect(all).toBeGreaterThan(0);
    const families = events.getByRole('navigation', { name: 'Which events' });
    await families.getByRole('link', { name: /^Contracts \d+$/ }).click();
    await expect(page).toHaveURL(/\?show=contract#events$/);
    const contractEvents = await events.locator('li.entry').count();
    expect(contractEvents).toBeGreaterThan(0);
    expect(contractEvents).toBeLessThanOrEqual(all);
    await expect(families.getByRole('link', { name: `Contracts ${contractEvents}` })).toHaveAttribute('aria-current', 'true');
    await expectNoSidewaysScroll(page);
  });

  await test.step('one contract: its steps, facts and events', async () => {
    const link = page.getByRole('region', { name: 'Contracts' }).locator('a.main').first();
    const title = await link.innerText();
    await link.click();
    await expect(page).toHaveURL(/\/contracts\/ct_/);
    await arrived(page, title);
    await expect(page.getByRole('list', { name: 'Steps of this contract' }).getByRole('listitem').first()).toBeVisible();
    await expect(page.getByRole('heading', { name: 'Facts' })).toBeVisible();
    await expect(page.locator('li.entry').first()).toBeVisible();
    await page.getByRole('main').getByRole('link', { name, exact: true }).first().click();
    await arrived(page, name);

    await go(page, 'Contracts');
    await page.getByRole('navigation', { name: 'State' }).getByRole('link', { name: 'Ended' }).click();
    await expect(page).toHaveURL(/[?&]state=ended/);
    await expect(rows(page).first()).toContainText('Ended');
  });

  await test.step('a contract and the requisition it draws on lead to each other', async () => {
    await go(page, 'Spend');
    const used = rows(page).filter({ hasNot: page.locator('td:nth-child(7)', { hasText: '–' }) });
    const link = used.first().locator('a.main');
    const requisition = await link.innerText();
    await link.click();
    await expect(page).toHaveURL(/\/spend\/spreq_/);
    await arrived(page, requisition);
    const contract = rows(page).locator('a.main').first();
    const title = await contract.innerText();
    await contract.click();
    await expect(page).toHaveURL(/\/contracts\/ct_/);
    await arrived(page, title);
    await page.getByRole('complementary').locator('a[href^="/spend/spreq_"]').click();
    await arrived(page, requisition);
  });

  await test.step('deliveries are filtered by a form, and the address carries the filter', async () => {
    await go(page, 'Deliveries');
    const today = new Date().toISOString().slice(0, 10);
    await page.getByRole('group', { name: 'About' }).getByRole('link', { name: /^Contracts/ }).click();
    await page.getByRole('group', { name: 'Outcome' }).getByRole('link', { name: /^Stored/ }).click();
    await page.getByLabel('From (UTC)').fill('2024-01-01');
    await page.getByLabel('To (UTC)').fill(today);
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(page).toHaveURL(/[?&]family=contract(&|$)/);
    await expect(page).toHaveURL(/[?&]outcome=stored(&|$)/);
    await expect(page).toHaveURL(/[?&]from=2024-01-01(&|$)/);
    await expect(page).toHaveURL(new RegExp(`[?&]to=${today}(&|$)`));
    await expect(page.getByRole('link', { name: /^Remove the filter Contracts/ })).toHaveAttribute('aria-current', 'true');
    await expect(page.getByLabel('From (UTC)')).toHaveValue('2024-01-01');
    const chips = page.getByRole('navigation', { name: 'Filters in force' });
    await expect(chips.getByText('from 1 Jan 2024 (UTC)')).toBeVisible();
    await expect(chips.getByText(/^until .* \(UTC\)$/)).toBeVisible();
    const texts = await rows(page).allTextContents();
    expect(texts.length).toBeGreaterThan(0);
    for (const text of texts) {
      expect(text).toMatch(/(Contract \w+|Offer revoked|Notice served|End date settled).*Stored$/s);
    }
    await expectNoSidewaysScroll(page);

    const before = (await linksOf(page)).map((link) => link.href);
    await page.getByRole('link', { name: /Next page/ }).click();
    await expect(page).toHaveURL(/[?&]before=/);
    await expect(page).toHaveURL(/[?&]family=contract(&|$)/);
    const after = (await linksOf(page)).map((link) => link.href);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((href) => before.includes(href))).toEqual([]);
    await page.goBack();
    await expect(page).not.toHaveURL(/[?&]before=/);
    await expect(rows(page).first()).toBeVisible();
    await page.goForward();
    await page.getByRole('link', { name: /First page/ }).click();
    await expect(page).not.toHaveURL(/[?&]before=/);

    await page.getByRole('link', { name: 'Remove the filter Contracts' }).click();
    await expect(page).not.toHaveURL(/[?&]family=/);
    await expect(page).toHaveURL(/[?&]outcome=stored(&|$)/);
    await page.getByRole('group', { name: 'Event' }).getByRole('link', { name: /^Contract offered/ }).click();
    await expect(page).toHaveURL(/[?&]type=client\.contract\.offered(&|$)/);
    await expect(rows(page).first()).toContainText('Contract offered');

    await page.goto('/deliveries?from=2001-01-01&to=2001-01-02');
    await expect(page.getByRole('heading', { name: 'No delivery fits' })).toBeVisible();
  });

  await test.step('one delivery: payload, headers, attempts, and the signature check', async () => {
    await page.goto('/deliveries?type=client.contract.offered&outcome=stored');
    await openDelivery(rows(page));
    await arrived(page, 'Contract offered');
    await expect(page).toHaveURL(/\/deliveries\/\d+$/);
    const main = page.getByRole('main');
    for (const heading of ['About', 'Signature check', 'Payload', 'Attempts', 'Headers']) {
      await expect(main.getByRole('heading', { name: heading, exact: true })).toBeVisible();
    }
    await expect(main.getByText('Signature: passed')).toBeAttached();
    await expect(main.getByText('svix-signature', { exact: true })).toBeVisible();
    await expect(main.getByText(/^Attempt \d, this one$/)).toBeVisible();
    await expect(main.locator('[data-path="data.object.contract_id"]')).toBeVisible();
    await main.getByRole('link', { name: 'Raw, byte for byte' }).click();
    await expect(main.locator('#payload pre')).toContainText('"contract_id"');
    await expectNoSidewaysScroll(page);
  });

  await test.step('a refused request shows why, and hides what it said', async () => {
    await page.goto('/deliveries?outcome=refused');
    // Other tests are refused for other reasons.
    await openDelivery(page.locator('tbody tr[id]').filter({ hasText: 'No signature matches' }));
    await arrived(page, 'Refused request');
    await expect(page.getByRole('alert')).toContainText('No signature matches');
    await expect(page.locator('pre').first()).toBeHidden();
    await page.getByText('Show what was sent').click();
    await expect(page.locator('pre').first()).toBeVisible();
    await expectNoSidewaysScroll(page);
  });

  await test.step('the catalog finds an event by a word, and tells all about it', async () => {
    await go(page, 'Catalog');
    const events = page.getByRole('main').locator('a[href^="/catalog/client."]');
    await expect(events).toHaveCount(15);
    await page.getByRole('navigation', { name: 'Family' }).getByRole('link', { name: 'Spend requisitions' }).click();
    await expect(page).toHaveURL(/\?family=spend$/);
    await expect(events).toHaveCount(3);
    await page.getByRole('link', { name: 'All families' }).click();
    await page.getByRole('searchbox').fill('notice_served');
    await page.getByRole('button', { name: 'Search' }).click();
    await expect(events).toHaveCount(1);
    await events.click();
    await expect(page).toHaveURL(/\/catalog\/client\.contract\.notice_served$/);
    await arrived(page, /Notice/i);
    const fields = page.getByRole('region', { name: 'Fields' });
    await expect(fields.getByText('data.object.contract_id', { exact: true })).toBeVisible();
    await expect(page.locator('[data-path="data.object.actual_end_date"]')).toBeVisible();
    await page.getByText('Show the schema').click();
    await expect(page.locator('pre').filter({ hasText: 'json-schema.org' })).toBeVisible();
    await expect(page.getByText(/\d+ live, \d+ test/)).toBeVisible();
    await expectNoSidewaysScroll(page);
  });

  await test.step('signing out ends the session, and signing in begins another', async () => {
    const session = await page.context().storageState();
    const menu = page.getByRole('button', { name: 'Menu' });
    if (await menu.isVisible()) {
      await menu.click();
    }
    await page.getByRole('button', { name: 'Sign out' }).click();
    await arrived(page, 'Sign in');
    await page.context().addCookies(session.cookies);
    await page.goto('/contractors');
    await arrived(page, 'Sign in');
    await signIn(page, email);
    await arrived(page, 'Contractors');
  });
});
