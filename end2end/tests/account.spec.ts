// The account page: changing the password, ending other sessions, and Back after signing out.

import { request as requests, type Browser, type Page } from '@playwright/test';
import { expectNoViolations } from '../support/axe';
import { addPerson, setPassword, signIn } from '../support/people';
import { awake, expect, test } from '../support/test';
import { password, world } from '../support/world';

test.use({ reader: 'nobody' });

const other = 'otters juggle marmalade';

let count = 0;
/** An address of its own for every test, in whatever worker. */
const address = (): string => `account.${process.pid}.${(count += 1)}@example.com`;

/** Somebody new, signed in. */
async function newcomer(page: Page): Promise<string> {
  const email = address();
  await page.goto(await addPerson(email, 'Ada Account', 'hirer'));
  await setPassword(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return email;
}

/** The same person in a browser of another kind. */
async function elsewhere(browser: Browser, email: string): Promise<Page> {
  const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
  const context = await browser.newContext({ baseURL: world().url, userAgent });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await signIn(page, email);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  return page;
}

async function openAccount(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu' });
  if (await menu.isVisible()) {
    await menu.click();
  }
  await page.getByRole('link', { name: 'Your account' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
}

async function change(page: Page, old: string, next: string): Promise<void> {
  await page.getByLabel('Old password').fill(old);
  await page.getByLabel('New password').fill(next);
  await page.getByLabel('The same again').fill(next);
  await page.getByRole('button', { name: 'Change password' }).click();
}

test('a password is changed with the old one, and guessable ones are refused with advice', async ({ page, browser }) => {
  const email = await newcomer(page);
  const there = await elsewhere(browser, email);
  await openAccount(page);
  await change(page, 'not the old one', other);
  await expect(page.getByRole('alert')).toContainText('The old password is not the right one');
  await change(page, password, 'passwordpassword');
  await expect(page.getByRole('alert')).toContainText('too easy to guess');
  await expect(page.getByRole('alert')).toContainText('Add another word or two');
  await change(page, password, 'accountaccount');
  await expect(page.getByRole('alert')).toContainText('Your name, your address');
  await expectNoViolations(page);
  await change(page, password, other);
  await expect(page.getByRole('status')).toContainText('Your password is changed');

  await there.goto('/contracts');
  await expect(there.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  await signIn(there, email, other);
  await expect(there.getByRole('heading', { level: 1, name: 'Contracts' })).toBeVisible();
  await there.context().close();
});

test('sessions are listed, and ended one by one or all at once', async ({ page, browser }) => {
  const email = await newcomer(page);
  const there = await elsewhere(browser, email);
  const third = await elsewhere(browser, email);
  await openAccount(page);
  await awake(page);
  const rows = page.getByRole('main').getByRole('listitem');
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: 'This one' })).toHaveCount(1);
  await expect(rows.filter({ hasText: 'This one' })).toContainText('last seen now');
  await expect(rows.filter({ hasText: 'Firefox on Windows' })).toHaveCount(2);
  await expect(rows.filter({ hasText: '127.0.0.1' })).toHaveCount(3);
  await expectNoViolations(page);

  await rows.filter({ hasText: 'Firefox on Windows' }).first().getByRole('button', { name: 'End the session of' }).click();
  await expect(page.getByRole('status')).toContainText('That session has ended');
  await expect(rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(page.getByRole('status')).toContainText('You are signed out everywhere else');
  await expect(rows).toHaveCount(1);
  await expect(page.getByRole('button', { name: 'Sign out everywhere else' })).toHaveCount(0);
  for (const ended of [there, third]) {
    await ended.goto('/');
    await expect(ended.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
    await ended.context().close();
  }
});

test('after signing out, Back shows nothing that was seen', async ({ page }) => {
  await newcomer(page);
  await page.goto('/contractors');
  await expect(page.locator('tbody tr').first()).toBeVisible();
  await page.goto('/account');
  await page.getByRole('main').getByRole('button', { name: 'Sign out here' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
  for (let steps = 0; steps < 2; steps += 1) {
    await page.goBack();
    await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
    await expect(page.locator('tbody')).toHaveCount(0);
    await expect(page.getByText('Ada Account')).toHaveCount(0);
  }
});

test('a wrong password keeps the e-mail address, and only here', async ({ page }) => {
  const email = await newcomer(page);
  await page.context().clearCookies();
  await page.goto('/sign-in?next=%2Fspend');
  await signIn(page, email, 'not the right one');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('E-mail address')).toHaveValue(email);
  await expect(page.getByLabel('Password', { exact: true })).toBeFocused();
  await expect(page.getByLabel('Password', { exact: true })).toHaveValue('');
  expect(page.url()).not.toContain('example.com');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page).toHaveURL(/\/spend$/);
  await page.context().clearCookies({ name: /session/ });
  await page.goto('/sign-in');
  await expect(page.getByLabel('E-mail address')).toHaveValue('');
});

test('the addresses of forms opened as pages lead somewhere', async ({ page }) => {
  await newcomer(page);
  for (const [path, title] of [
    ['/sign-out', 'Overview'],
    ['/preferences', 'Overview'],
    ['/account/password', 'Your account'],
    ['/account/sessions/end', 'Your account'],
    ['/findings/dismiss', 'Findings'],
    ['/calendar/feeds', /^[A-Z][a-z]+ \d{4}$/],
    ['/calendar/feeds/feed_1/revoke', /^[A-Z][a-z]+ \d{4}$/],
  ] as const) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1, name: title }), path).toBeVisible();
  }
});

test('a form sent after its session ended leads back by way of signing in', async ({ page, browser }) => {
  const email = await newcomer(page);
  await page.goto('/account');
  const there = await elsewhere(browser, email);
  await there.goto('/account');
  await there.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await there.context().close();
  await change(page, password, other);
  await expect(page.getByRole('alert')).toContainText('signed out in the meantime, so nothing was done');
  await signIn(page, email);
  await expect(page.getByRole('heading', { level: 1, name: 'Your account' })).toBeVisible();
});

test('a browser somebody signed in from is let through while a stranger at the same address guesses', async ({ page }) => {
  const email = await newcomer(page);
  await page.context().clearCookies({ name: /session/ });
  const shared = { 'x-forwarded-for': '203.0.113.77' };
  const stranger = await requests.newContext({ baseURL: world().url, extraHTTPHeaders: { ...shared, origin: world().url } });
  const guess = async (what: string) => {
    const answer = await stranger.post('/sign-in', { form: { email, password: what, next: '/' }, maxRedirects: 0 });
    return new URL(answer.headers()['location'] ?? '', world().url).searchParams.get('error');
  };
  for (let count = 0; count < 10; count += 1) {
    expect(await guess('a guess')).toBe('wrong');
  }
  expect(await guess(password), 'not even with the right one').toBe('limited');
  await stranger.dispose();
  await page.setExtraHTTPHeaders(shared);
  await page.goto('/sign-in');
  await signIn(page, email);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
});
