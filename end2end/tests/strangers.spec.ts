// Untrusted payloads: every text in them attempts HTML injection, and none succeeds.

import { readdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { withOwnServer } from '../support/own-server';
import { setPassword } from '../support/people';
import { fixture, fixtures, messageId, sign } from '../support/sender';
import { command, type Server } from '../support/server';
import { expect, test } from '../support/test';

/** Text that closes every element in which text is not markup, and then opens one of its own. */
const planted = `</title></textarea></script><b class=planted>"'`;

/** Fields with a format of their own: dates, figures, currencies. */
const isRead = (text: string) =>
  /^\d{4}-\d{2}-\d{2}/.test(text) || /^-?\d+(\.\d+)?$/.test(text) || /^[A-Z]{3}$/.test(text);

/** Returns the body with every other text replaced by the hostile one, ids included. */
function plant(value: unknown): unknown {
  if (typeof value === 'string') {
    return isRead(value) ? value : planted;
  }
  if (Array.isArray(value)) {
    return value.map(plant);
  }
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, plant(inside)]));
  }
  return value;
}

/** A planted body of the event that a sample is of, or of a type that is planted itself. */
function bodyOf(name: string, isUnknown = false): string {
  const body = JSON.parse(fixture(name)) as { event_type: string; data: unknown };
  return JSON.stringify({ ...body, event_type: isUnknown ? planted : body.event_type, data: plant(body.data) });
}

/** Sends a body with the hostile text in every header that allows it. */
async function send(server: Server, secret: string, body: string, isGenuine = true): Promise<void> {
  const at = new Date();
  const id = `${messageId(at)}${planted}`;
  const answer = await fetch(`${server.url}/webhooks/yunojuno`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': planted,
      'x-planted': planted,
      'svix-id': id,
      'svix-timestamp': Math.floor(at.getTime() / 1000).toString(),
      'svix-signature': isGenuine ? `v1,${planted} ${sign(id, at, body, secret)}` : `v1,${planted}`,
    },
    body,
  });
  expect(answer.status).toBe(isGenuine ? 200 : 401);
}

const id = encodeURIComponent(planted);
const places = [
  '/',
  ...['contractors', 'contracts', 'spend'].flatMap((list) => [
    `/${list}`,
    `/${list}?cols=id,job,contractor,contractor_id,client,hirers,fields,requisition,number,email,bookability`,
    `/${list}?q=${id}&hirer=${id}&client=${id}&field=${id}`,
    `/${list}/${id}`,
    `/${list}/${id}?as_of=2020-01-01`,
  ]),
  `/contracts/${id}?from=6&to=8`,
  '/calendar',
  '/calendar?month=2025-09',
  '/findings',
  `/findings?q=${id}`,
  '/catalog',
  `/catalog?q=${id}`,
  '/catalog/client.contract.offered',
  `/catalog/${id}`,
  `/${id}`,
  '/deliveries',
  `/deliveries?type=${id}&q=${id}`,
];

async function expectText(page: Page): Promise<void> {
  await expect(page.locator('.planted'), page.url()).toHaveCount(0);
  await expect(page.getByRole('main'), page.url()).toHaveCount(1);
}

async function walk(page: Page, server: Server, deliveries: number): Promise<void> {
  for (const place of [...places, ...Array.from({ length: deliveries }, (_, at) => `/deliveries/${at + 1}`)]) {
    await page.goto(`${server.url}${place}`);
    await expectText(page);
  }
  for (const list of ['contractors', 'contracts', 'spend']) {
    await page.goto(`${server.url}/${list}`);
    await page.locator('tbody a.main').first().click();
    await expect(page).toHaveTitle(`${planted} · Junoscope`);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(planted);
    await expectText(page);
  }
}

/** Sends a hostile body of every sample, one of a hostile type, an unreadable one and a refused one. */
async function fill(page: Page, server: Server, secret: string): Promise<number> {
  await page.goto(await server.ready());
  await setPassword(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  const names = readdirSync(fixtures)
    .filter((file) => /^(client_contact|contract|spend_request|extra)\./.test(file))
    .map((file) => file.replace('.json', ''));
  for (const name of names) {
    await send(server, secret, bodyOf(name));
  }
  await send(server, secret, bodyOf('contract.offered', true));
  await send(server, secret, planted);
  await send(server, secret, planted, false);
  const contract = `${server.url}/contracts/${id}`;
  await expect.poll(async () => (await page.request.get(contract)).status(), { message: contract }).toBe(200);
  return names.length + 3;
}

test.use({ reader: 'nobody' });

test('what a payload says is shown as words on every page, to admins and to hirers', async ({ page, guard }, info) => {
  test.setTimeout(8 * 60_000);
  // Pages that are not there, and those that hirers may not open, are part of the walk.
  guard.expects(/^40[34] from |console error .*40[34]/);
  await withOwnServer(info, guard, async (server, secret) => {
    const deliveries = await fill(page, server, secret);
    await walk(page, server, deliveries);
    const printed = await command(server.settings, ['user', 'add', 'hirer@example.com', '--name', planted, '--role', 'hirer']);
    await page.context().clearCookies();
    await page.goto(/https?:\/\/\S+\/welcome\/\S+/.exec(printed)?.[0] ?? '');
    await setPassword(page);
    await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
    await walk(page, server, deliveries);
  });
});

test('what a payload says is shown as words in rows that come live', async ({ page, guard }, info) => {
  test.slow();
  await withOwnServer(info, guard, async (server, secret) => {
    const deliveries = await fill(page, server, secret);
    await page.goto(`${server.url}/deliveries`);
    await expect(page.locator('button.live-pill')).toHaveText('Live');
    const rows = page.locator('.deliveries tbody tr');
    await expect(rows).toHaveCount(deliveries);
    await send(server, secret, bodyOf('contract.offered'));
    await send(server, secret, bodyOf('contract.offered', true));
    await send(server, secret, planted, false);
    await expect(rows).toHaveCount(deliveries + 3);
    await expect(rows.nth(1)).toContainText(planted);
    await expect(rows.nth(2)).toContainText(planted);
    await expectText(page);
  });
});
