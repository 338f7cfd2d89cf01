// Sign-in, roles, and cross-site requests.

import { request as requests, type Page } from '@playwright/test';
import { deliveryOf } from '../support/deliveries';
import { addPerson, setPassword, signIn } from '../support/people';
import { deliver } from '../support/sender';
import { awake, expect, test } from '../support/test';
import { password, storageState, world } from '../support/world';

const main = (page: Page) => page.getByRole('navigation', { name: 'Main' });

let count = 0;
/** An address of its own for every test, in whatever worker. */
const address = (): string => `person.${process.pid}.${(count += 1)}@example.com`;

test.describe('not signed in', () => {
  test.use({ reader: 'nobody' });

  test('every page leads to signing in, and from there to the page that was asked for', async ({ page }) => {
    const email = address();
    await page.goto(await addPerson(email, 'Nora Next', 'admin'));
    await setPassword(page);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await page.context().clearCookies();

    await page.goto('/deliveries?outcome=refused&from=2024-01-01');
    await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();
    await expect(main(page)).toHaveCount(0);
    await signIn(page, ` ${email.toUpperCase()} `);
    await expect(page.getByRole('heading', { level: 1, name: 'Deliveries' })).toBeVisible();
    await expect(page).toHaveURL(/\/deliveries\?outcome=refused&from=2024-01-01$/);
    await expect(page.getByText('Nora Next')).toBeVisible();
  });

  test('signing in leads nowhere else', async ({ page }) => {
    const email = address();
    await page.goto(await addPerson(email, 'Otto Open', 'hirer'));
    await setPassword(page);
    for (const next of ['https://example.com/', '//example.com/', '/\\example.com/', 'javascript:alert(1)']) {
      await page.context().clearCookies();
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn(page, email);
      await expect(page.getByRole('heading', { level: 1, name: /Overview|Nothing here/ })).toBeVisible();
      expect(new URL(page.url()).origin).toBe(world().url);
    }
  });

  test('a wrong password is told as such, and not which half of it was wrong', async ({ page, guard }) => {
    guard.expects(/^(401|422) from .*\/sign-in|console error .*(401|422)/);
    const email = address();
    await page.goto(await addPerson(email, 'Wanda Wrong', 'hirer'));
    await setPassword(page);
    await page.context().clearCookies();
    const told: string[] = [];
    for (const [who, what] of [[email, 'not the right one'], [address(), password]] as const) {
      await page.goto('/sign-in?next=%2Fspend');
      await signIn(page, who, what);
      await expect(page.getByRole('alert')).toBeVisible();
      told.push(await page.getByRole('alert').innerText());
      expect(await page.context().cookies().then((all) => all.filter((one) => one.name.includes('session')))).toEqual([]);
    }
    expect(told[0]).toBe(told[1]);
    await signIn(page, email);
    await expect(page).toHaveURL(/\/spend$/);
  });

  test('guessing is stopped, for one name and not for all', async ({ page }) => {
    const email = address();
    await page.goto(await addPerson(email, 'Gus Guessed', 'hirer'));
    await setPassword(page);
    await page.context().clearCookies();
    const guess = async (who: string, what: string) => {
      const answer = await page.request.post('/sign-in', {
        form: { email: who, password: what, next: '/' },
        // An address of its own, so that the other tests may still sign in.
        headers: { origin: world().url, 'x-forwarded-for': '203.0.113.9' },
        maxRedirects: 0,
      });
      return new URL(answer.headers()['location'] ?? '', world().url).searchParams.get('error');
    };
    const told: (string | null)[] = [];
    for (let count = 0; count < 11; count += 1) {
      told.push(await guess(email, `guess number ${count}`));
    }
    expect(told).toEqual([...Array<string>(10).fill('wrong'), 'limited']);
    expect(await guess(email, password), 'not even the right one, from there').toBe('limited');
    expect(await guess(address(), password)).toBe('wrong');
    await page.goto('/sign-in?error=limited');
    await expect(page.getByRole('alert')).toContainText('Too many attempts');
  });

  test('a one-time link works once', async ({ page, guard }) => {
    guard.expects(/(404|410) from .*\/welcome\/|console error .*(404|410)/);
    const link = await addPerson(address(), 'Ulla Used', 'hirer');
    await page.goto(link);
    await page.goto(link);
    await expect(page.getByRole('heading', { level: 1, name: 'Welcome to Junoscope' }), 'opening it uses nothing up').toBeVisible();
    await setPassword(page);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await page.context().clearCookies();
    for (const used of [link, world().usedLink]) {
      await page.goto(used);
      await expect(page.getByRole('heading', { level: 1, name: 'This link is used up' })).toBeVisible();
      await expect(page.getByLabel('New password')).toHaveCount(0);
    }
  });

  test('two different passwords, or a short one, are not taken', async ({ page, guard }) => {
    guard.expects(/(400|422) from .*\/welcome\/|console error .*(400|422)/);
    await page.goto(await addPerson(address(), 'Mia Mismatch', 'hirer'));
    await page.getByLabel('New password').fill(password);
    await page.getByLabel('The same again').fill(`${password}!`);
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await expect(page.getByRole('alert')).toHaveText('The two passwords differ.');
    // The browser would refuse it before the server can.
    await page.locator('input[type=password]').evaluateAll((all) => all.forEach((one) => one.removeAttribute('minlength')));
    await page.getByLabel('New password').fill('short');
    await page.getByLabel('The same again').fill('short');
    await page.getByRole('button', { name: 'Set password and sign in' }).click();
    await expect(page.getByRole('alert')).toContainText('at least 12 characters');
    await setPassword(page);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  });

  test('nothing but the door, the assets and health answers without a session', async ({ page }) => {
    const paths = ['/', '/contractors', '/contracts', '/spend', '/deliveries', '/deliveries/1', '/catalog', '/no/such/page'];
    for (const path of paths) {
      const answer = await page.request.get(path, { maxRedirects: 0 });
      expect(answer.status(), path).toBe(303);
      expect(answer.headers()['location'], path).toMatch(/^\/sign-in\?next=/);
      expect(await answer.text(), path).not.toContain('Contract');
    }
    for (const path of ['/live/deliveries', '/deliveries/1/body']) {
      const answer = await page.request.get(path, { maxRedirects: 0 });
      expect([303, 401, 403], path).toContain(answer.status());
    }
    for (const path of ['/healthz', '/readyz', '/favicon.svg', '/robots.txt', '/sign-in']) {
      expect((await page.request.get(path, { maxRedirects: 0 })).status(), path).toBe(200);
    }
  });
});

test.describe('a hirer', () => {
  test.use({ reader: 'hirer' });

  test('sees contractors, contracts, spend and the catalog, and no raw deliveries', async ({ page, guard, browser }) => {
    guard.expects(/403/);
    await page.goto('/');
    await expect(main(page).getByRole('link')).toHaveText([
      'Overview', 'Contractors', 'Contracts', 'Spend', 'Calendar', /^Findings( \d+\+?)?$/, 'Catalog',
    ]);
    for (const name of ['Contractors', 'Contracts', 'Spend']) {
      await main(page).getByRole('link', { name, exact: true }).click();
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      await page.locator('tbody a.main').first().click();
      await expect(page).toHaveURL(/_[a-z0-9]+$/);
      await expect(page.locator('a[href="/deliveries"]')).toHaveCount(0);
    }
    await page.goto('/catalog/client.contract.offered');
    await expect(page.locator('a[href^="/deliveries"]')).toHaveCount(0);

    await deliver({ body: 'no JSON at all' });
    const admin = await browser.newContext({ storageState: storageState('admin') });
    const refused = [];
    for (const outcome of ['refused', 'unreadable']) {
      const list = await admin.newPage();
      await list.goto(`${world().url}/deliveries?outcome=${outcome}`);
      refused.push(await deliveryOf(list.locator('tbody tr')), (await list.locator('tbody a.main').first().getAttribute('href')) ?? '');
    }
    await admin.close();
    for (const path of ['/deliveries', '/deliveries?outcome=refused', ...refused]) {
      expect((await page.goto(path))?.status(), path).toBe(403);
      await expect(page.getByRole('heading', { level: 1, name: 'For admins' })).toBeVisible();
      await expect(page.getByText('ask an admin')).toBeVisible();
      await expect(page.locator('tbody')).toHaveCount(0);
    }
    for (const path of ['/live/deliveries', '/deliveries/1/body']) {
      expect((await page.request.get(path, { maxRedirects: 0 })).status(), path).toBe(403);
    }
    await page.getByRole('main').getByRole('link', { name: 'Contracts' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Contracts' })).toBeVisible();
  });

  test('is not led astray by the keys', async ({ page }) => {
    await page.goto('/contracts');
    await awake(page);
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.keyboard.press('g');
    await page.keyboard.press('s');
    await expect(page).toHaveURL(/\/spend$/);
  });
});

test('a form on another site can do nothing', async () => {
  const context = await requests.newContext({ baseURL: world().url, storageState: storageState('admin') });
  for (const [path, form] of [['/sign-out', {}], ['/preferences', { theme: 'dark', next: '/' }]] as const) {
    for (const headers of [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${world().url}.evil.example` },
    ]) {
      const answer = await context.post(path, { form, headers, maxRedirects: 0 });
      expect(answer.status(), `${path} ${JSON.stringify(headers)}`).toBe(403);
      expect(answer.headers()['set-cookie']).toBeUndefined();
    }
  }
  expect((await context.get('/contractors', { maxRedirects: 0 })).status(), 'still signed in').toBe(200);
  await context.dispose();
});

test('the session cookie is kept from scripts and from other sites', async ({ page, context }) => {
  await page.goto('/');
  const cookies = (await context.cookies()).filter((one) => !['theme', 'zone'].some((name) => one.name.includes(name)));
  expect(cookies.map((one) => one.name.replace('__Host-', '')).sort()).toEqual(['junoscope_device', 'junoscope_session']);
  for (const cookie of cookies) {
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
    expect(cookie.value.length).toBeGreaterThanOrEqual(22);
    expect(await page.evaluate(() => document.cookie)).not.toContain(cookie.value);
  }
});

test('pages are not kept by shared caches, nor framed', async ({ page }) => {
  const answer = await page.request.get('/contractors');
  const headers = answer.headers();
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['content-security-policy']).toMatch(/frame-ancestors 'none'/);
  expect(headers['x-frame-options'] ?? 'DENY').toBe('DENY');
});
