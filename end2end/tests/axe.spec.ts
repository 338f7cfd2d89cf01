// Accessibility checks of every page by axe, in light and in dark, on desktop and phone.

import type { Page } from '@playwright/test';
import { expectNoViolations } from '../support/axe';
import { openDelivery } from '../support/deliveries';
import { addPerson } from '../support/people';
import { Story, contractOf, deliver, fixtureOf } from '../support/sender';
import { awake, expect, test, waitForPage, type Guard } from '../support/test';
import type { Reader } from '../support/world';

/** Opens the first item of a list. */
async function first(page: Page, list: string): Promise<void> {
  await page.goto(list);
  if (list.startsWith('/deliveries')) {
    await openDelivery(page.locator('tbody tr'));
    return;
  }
  await page.locator('tbody a.main').first().click();
  await expect(page).not.toHaveURL(new RegExp(`${list.replaceAll(/[?/]/g, '\\$&')}$`));
}

interface Case {
  name: string;
  title: string | RegExp;
  open: (page: Page, guard: Guard) => Promise<unknown>;
  reader?: Reader;
  /** Before sign-in there are no times on the page to wait for. */
  without?: 'times';
}

const to = (path: string) => (page: Page) => page.goto(path);

const cases: Case[] = [
  { name: 'overview', title: 'Overview', open: to('/') },
  { name: 'contractors', title: 'Contractors', open: to('/contractors') },
  { name: 'contractors, filtered', title: 'Contractors', open: to('/contractors?q=a&state=onboarded') },
  { name: 'contractors, none fits', title: 'Contractors', open: to('/contractors?q=nobody+of+this+name'), without: 'times' },
  { name: 'contractors, test traffic', title: 'Contractors', open: to('/contractors?test=1&q=nobody'), without: 'times' },
  { name: 'one contractor', title: /./, open: (page) => first(page, '/contractors') },
  { name: 'contracts', title: 'Contracts', open: to('/contracts') },
  { name: 'contracts, none fits', title: 'Contracts', open: to('/contracts?q=no+such+title'), without: 'times' },
  { name: 'one contract', title: /./, open: (page) => first(page, '/contracts') },
  { name: 'one contract under notice', title: /./, open: notice },
  { name: 'contracts, narrowed and in order', title: 'Contracts', open: to('/contracts?ending=3660&sort=-rate&cols=hirers,fields,rate'), without: 'times' },
  { name: 'calendar', title: /^[A-Z][a-z]+ \d{4}$/, open: to('/calendar'), without: 'times' },
  { name: 'spend', title: 'Spend', open: to('/spend') },
  { name: 'spend, none fits', title: 'Spend', open: to('/spend?q=no+such+title'), without: 'times' },
  { name: 'one requisition', title: /./, open: (page) => first(page, '/spend') },
  { name: 'deliveries', title: 'Deliveries', open: to('/deliveries') },
  { name: 'deliveries, filtered', title: 'Deliveries', open: to('/deliveries?family=contract&outcome=stored&from=2024-01-01') },
  { name: 'deliveries, none fits', title: 'Deliveries', open: to('/deliveries?from=2001-01-01&to=2001-01-02'), without: 'times' },
  { name: 'one delivery', title: 'Contract offered', open: (page) => first(page, '/deliveries?type=client.contract.offered&outcome=stored') },
  { name: 'a repeat', title: /./, open: (page) => first(page, '/deliveries?outcome=duplicate') },
  { name: 'a refused delivery', title: 'Refused request', open: refused },
  { name: 'an unknown event type', title: 'client.contract.custom_fields_updated', open: unknown },
  { name: 'an unreadable message', title: /./, open: unreadable },
  { name: 'catalog', title: 'Catalog', open: to('/catalog') },
  { name: 'catalog, none fits', title: 'Catalog', open: to('/catalog?q=zzz') },
  { name: 'one event of the catalog', title: 'Contract offered', open: everythingOpen('/catalog/client.contract.offered') },
  { name: 'nothing at this address', title: /Nothing here|404/, open: missing('/no/such/page'), without: 'times' },
  { name: 'no such contract', title: /Nothing here|404/, open: missing('/contracts/ct_nothing'), without: 'times' },
  { name: 'one delivery, to a hirer', title: /./, open: eventTold, reader: 'hirer' },
  { name: 'deliveries, to a hirer', title: 'For admins', open: forbidden, reader: 'hirer', without: 'times' },
  { name: 'account', title: 'Your account', open: to('/account') },
  { name: 'account, a guessable password', title: 'Your account', open: to('/account?error=guessable&advice=common,add-words') },
  { name: 'sign-in', title: 'Sign in', open: to('/sign-in'), reader: 'nobody', without: 'times' },
  { name: 'sign-in, wrong password', title: 'Sign in', open: to('/sign-in?error=wrong'), reader: 'nobody', without: 'times' },
  { name: 'welcome', title: 'Welcome to Junoscope', open: welcome, reader: 'nobody', without: 'times' },
  { name: 'link used up', title: 'This link is used up', open: usedUp, reader: 'nobody', without: 'times' },
];

for (const { name, title, open, reader = 'admin', without } of cases) {
  test.describe(name, () => {
    test.use({ reader });
    test(`axe finds nothing: ${name}`, async ({ page, guard }) => {
      await open(page, guard);
      await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
      if (without !== 'times') {
        await awake(page);
      }
      await expectNoViolations(page);
    });
  });
}

test('axe finds nothing: the list of keys, and on a phone the menu', async ({ page }) => {
  await page.goto('/contractors');
  await awake(page);
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) {
    await menu.click();
    await expect(page.getByRole('button', { name: 'Sign out' })).toBeVisible();
    await expectNoViolations(page);
    await page.keyboard.press('Escape');
  }
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await expectNoViolations(page);
});

async function notice(page: Page): Promise<void> {
  const body = fixtureOf('contract.notice_served', new Story());
  await deliver({ body });
  await waitForPage(page, `/contracts/${contractOf(body)}`);
}

async function eventTold(page: Page): Promise<void> {
  await notice(page);
  await page.locator('li.entry a[href^="/deliveries/"]').first().click();
  await expect(page.getByRole('heading', { name: 'How it came' })).toBeVisible();
}

async function refused(page: Page): Promise<void> {
  await page.goto('/deliveries?outcome=refused');
  // Of others the body was never read.
  await openDelivery(page.locator('tbody tr[id]').filter({ hasText: 'No signature matches' }));
  await page.getByText('Show what was sent').click();
}

async function unknown(page: Page): Promise<void> {
  await deliver({ body: fixtureOf('extra.contract.custom_fields_updated', new Story()) });
  await first(page, '/deliveries?type=client.contract.custom_fields_updated&outcome=stored');
}

async function unreadable(page: Page): Promise<void> {
  await deliver({ body: 'not <b>JSON</b> at all' });
  await first(page, '/deliveries?outcome=unreadable');
}

function everythingOpen(path: string) {
  return async (page: Page) => {
    await page.goto(path);
    await page.locator('main details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')));
  };
}

function missing(path: string) {
  return async (page: Page, guard: Guard) => {
    guard.expects(/404/);
    expect((await page.goto(path))?.status()).toBe(404);
  };
}

async function forbidden(page: Page, guard: Guard): Promise<void> {
  guard.expects(/403/);
  expect((await page.goto('/deliveries'))?.status()).toBe(403);
}

async function welcome(page: Page): Promise<void> {
  await page.goto(await addPerson(`axe.${test.info().project.name}@example.com`, 'Alex Axe', 'hirer'));
}

async function usedUp(page: Page, guard: Guard): Promise<void> {
  guard.expects(/404|410/);
  await page.goto('/welcome/used-up-token?error=expired');
}
