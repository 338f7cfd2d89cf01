// Requests signed by the official Svix library are accepted, others are not; every sample appears on its pages.

import type { Page } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { deliveryOf, openDelivery } from '../support/deliveries';
import { Story, deliver, fixture, fixtureOf, fixtures, messageId, sign } from '../support/sender';
import { expect, test, waitForPage } from '../support/test';
import { world } from '../support/world';

const body = (): string => fixtureOf('contract.offered', new Story());

/** The rows of the delivery list for one message id. */
async function rowsFor(page: Page, id: string) {
  await page.goto(`/deliveries?q=${encodeURIComponent(id)}`);
  return page.locator('.deliveries tbody').getByRole('row');
}

for (const family of ['svix', 'webhook'] as const) {
  test(`a message signed by the library is stored: ${family}-* headers`, async ({ page }) => {
    const answer = await deliver({ body: body(), family });
    expect(answer).toMatchObject({ status: 200, body: { status: 'stored' } });
    const rows = await rowsFor(page, answer.id);
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText('Contract offered');
    await expect(rows).toContainText('Stored');
  });
}

test('the URL with a final slash is no redirect', async () => {
  const [id, at, text] = [messageId(new Date()), new Date(), body()];
  const response = await fetch(`${world().url}/webhooks/yunojuno/`, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      'svix-id': id,
      'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
      'svix-signature': sign(id, at, text),
    },
    body: text,
  });
  expect(response.status).toBe(200);
});

test('an altered body is refused, shown as refused with its reason, and never as an event', async ({ page }) => {
  const signed = body();
  const altered = signed.replaceAll('Amara', 'Mallory').replaceAll('Okoye', 'Intruder');
  expect(altered).not.toBe(signed);
  const answer = await deliver({ body: signed, sentBody: altered });
  expect(answer.status).toBe(401);
  expect(answer.text).not.toContain('whsec_');

  const rows = await rowsFor(page, answer.id);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText('Refused request');
  await expect(rows).toContainText('No signature matches');
  await expect(rows).not.toContainText('Contract offered');
  await openDelivery(rows);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Refused request');
  await expect(page.getByRole('alert')).toContainText('No signature matches');
  await expect(page.getByText('Signature: failed')).toBeAttached();
  await expect(page.getByText('Mallory').first()).toBeHidden();
  expect(await page.content(), 'the signature that was sent is not worth keeping').not.toContain('whsec_');

  // The genuine attempt that follows is a new message, unaffected by the refused one.
  expect(await deliver({ id: answer.id, body: signed })).toMatchObject({ status: 200, body: { status: 'stored' } });
  await page.goto('/contractors?q=Mallory');
  await expect(page.getByRole('heading', { name: 'No contractor fits' })).toBeVisible();
});

test('one byte more, one byte less or one bit turned is refused', async () => {
  const signed = body();
  for (const sentBody of [`${signed} `, signed.slice(0, -1), signed.replace('"live"', '"livf"')]) {
    expect((await deliver({ body: signed, sentBody })).status).toBe(401);
  }
});

test('a repeat is answered duplicate and counted as an attempt', async ({ page }) => {
  const text = body();
  const first = await deliver({ body: text });
  expect(first.body).toEqual({ status: 'stored' });
  for (const family of ['svix', 'webhook'] as const) {
    const again = await deliver({ id: first.id, body: text, family, signedAt: new Date(Date.now() + 60_000) });
    expect(again).toMatchObject({ status: 200, body: { status: 'duplicate' } });
  }
  const rows = await rowsFor(page, first.id);
  await expect(rows).toHaveCount(3);
  await expect(rows.filter({ hasText: 'Repeat' })).toHaveCount(2);
  await openDelivery(rows.filter({ hasText: 'Stored' }));
  const attempts = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Attempts' }) });
  await expect(attempts.locator('tbody').getByRole('row')).toHaveCount(3);
  await expect(attempts.getByText('Attempt 1, this one')).toBeVisible();
  await attempts.getByRole('link', { name: 'Attempt 3' }).click();
  await expect(page.getByText('Attempt 3, this one')).toBeVisible();
});

test('refused attempts stand among the others, and say when the message got through', async ({ page }) => {
  const text = body();
  const id = messageId(new Date());
  for (const status of [401, 401, 200, 200]) {
    const sentBody = status === 401 ? `${text} ` : text;
    expect(await deliver({ id, body: text, sentBody })).toMatchObject({ status });
  }
  const rows = await rowsFor(page, id);
  // The two that were refused in a row stand in one.
  await expect(rows).toHaveCount(3);
  await openDelivery(rows.filter({ hasText: 'Stored' }));
  const attempts = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Attempts' }) });
  const lines = attempts.locator('tbody').getByRole('row');
  await expect(lines).toHaveCount(4);
  await expect(lines.filter({ hasText: 'Refused' })).toHaveCount(2);
  await expect(lines.filter({ hasText: 'id claimed, not proven' })).toHaveCount(2);
  await expect(lines.first().locator('time').first()).toHaveText(/:\d\d:\d\d$/);
  await expect(attempts.getByText('Attempt 3, this one')).toBeVisible();

  await attempts.getByRole('link', { name: 'Attempt 1' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Refused request');
  await expect(page.getByText('A message with the id it claims was accepted later, at')).toBeVisible();
});

test('the portal’s ping and the documentation’s examples wear their marks', async ({ page }) => {
  const ping = await deliver({ body: '{"success": true}' });
  await expect(await rowsFor(page, ping.id)).toContainText('Test message from the portal test');
  const sample = fixtureOf('contract.offered', new Story()).replaceAll(/ct_c[a-z0-9]{24}/g, 'ct_c3j7xl4ev7gf2goxh7di2icq1');
  const { id } = await deliver({ body: sample });
  await expect(await rowsFor(page, id)).toContainText('Contract offered sample');
  await waitForPage(page, '/contracts/ct_c3j7xl4ev7gf2goxh7di2icq1');
  await expect(page.locator('.tag', { hasText: 'sample' }).first()).toBeVisible();
});

test('during a rotation either secret signs, and any signature of a list may match', async () => {
  const { secret, oldSecret } = world();
  const stranger = `whsec_${randomBytes(24).toString('base64')}`;
  const [id, at, text] = [messageId(new Date()), new Date(), body()];
  const [ours, old, wrong] = [secret, oldSecret, stranger].map((one) => sign(id, at, text, one)) as [string, string, string];
  const send = async (signature: string) => (await deliver({ id, body: text, signedAt: at, signature })).status;
  expect(await send(wrong)).toBe(401);
  expect(await send(`${wrong} v1a,${ours.slice(3)} v2,${ours.slice(3)}`), 'other versions do not count').toBe(401);
  expect(await send(old)).toBe(200);
  expect(await send(ours)).toBe(200);
  expect(await send(`${wrong} ${old}`)).toBe(200);
  expect(await send(`v1,bm90aGluZw== ${wrong} ${ours}`)).toBe(200);
});

test('a signature is good for five minutes, and not for another id or time', async () => {
  const text = body();
  const minutes = (count: number) => new Date(Date.now() + count * 60_000);
  for (const [signedAt, status] of [[minutes(-4), 200], [minutes(4), 200], [minutes(-6), 401], [minutes(6), 401]] as const) {
    expect((await deliver({ body: text, signedAt })).status, signedAt.toISOString()).toBe(status);
  }
  const at = new Date();
  const signature = sign('msg_another', at, text);
  expect((await deliver({ body: text, signedAt: at, signature })).status).toBe(401);
  const earlier = sign(messageId(at), minutes(-1), text);
  expect((await deliver({ body: text, signedAt: at, signature: earlier })).status).toBe(401);
});

test('what is no webhook is told so in a word', async ({ request }) => {
  expect((await request.get('/webhooks/yunojuno')).status()).toBe(405);
  expect((await request.post('/webhooks/another', { data: '{}' })).status()).toBe(404);
  expect((await request.post('/webhooks/yunojuno', { data: '{}' })).status()).toBe(400);
  const large = await request.post('/webhooks/yunojuno', { data: Buffer.alloc(1_048_577, 'a') });
  expect(large.status(), 'without headers its body is not read').toBe(400);
  expect((await deliver({ body: 'a'.repeat(1_048_577) })).status).toBe(413);
});

test('an old event sent again today keeps the time at which it happened', async ({ page }) => {
  const id = messageId(new Date('2025-02-03T10:11:12Z'));
  await deliver({ id, body: body() });
  const rows = await rowsFor(page, id);
  await openDelivery(rows);
  await expect(page.locator('time[datetime="2025-02-03T10:11:12Z"]').first()).toBeVisible();
  await expect(page.getByText('from the message id')).toBeVisible();
});

/** The name of a sample on pages, and the page of its subject. */
const samples: Record<string, { label: string; list: string; id: RegExp }> = {
  'client_contact.created': { label: 'Contractor added', list: '/contractors', id: /clct_[a-z0-9]+/ },
  'client_contact.registered': { label: 'Contractor registered', list: '/contractors', id: /clct_[a-z0-9]+/ },
  'client_contact.onboarding_completed': { label: 'Onboarding completed', list: '/contractors', id: /clct_[a-z0-9]+/ },
  'client_contact.custom_fields_updated': { label: 'Contractor fields updated', list: '/contractors', id: /clct_[a-z0-9]+/ },
  'contract.approved': { label: 'Contract approved', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.offered': { label: 'Contract offered', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.revoked': { label: 'Offer revoked', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.accepted': { label: 'Contract signed', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.cancelled': { label: 'Contract cancelled', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.notice_served': { label: 'Notice served', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.completed': { label: 'End date settled', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'contract.deleted': { label: 'Contract deleted', list: '/contracts', id: /\bct_[a-z0-9]+/ },
  'spend_request.created': { label: 'Spend requested', list: '/spend', id: /\bspreq_[a-z0-9]+/ },
  'spend_request.updated': { label: 'Spend request updated', list: '/spend', id: /\bspreq_[a-z0-9]+/ },
  'spend_request.approved': { label: 'Spend approved', list: '/spend', id: /\bspreq_[a-z0-9]+/ },
};

for (const [name, { label, list, id }] of Object.entries(samples)) {
  test(`the sample ${name} shows up where it belongs`, async ({ page }) => {
    const text = fixtureOf(name, new Story());
    const subject = id.exec(text)?.[0] ?? '';
    const answer = await deliver({ body: text });
    expect(answer).toMatchObject({ status: 200, body: { status: 'stored' } });

    await waitForPage(page, `${list}/${subject}`);
    const entry = page.locator('li.entry');
    await expect(entry).toHaveCount(1);
    await expect(entry.getByRole('link', { name: label })).toBeVisible();
    await page.goto(`${list}?q=${subject}`);
    await expect(page.locator('tbody').getByRole('row')).toHaveCount(1);

    const rows = await rowsFor(page, subject);
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText(label);
    await openDelivery(rows);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(label);
    await expect(page.getByRole('main').locator(`a[href="${list}/${subject}"]`).first()).toBeVisible();
    await expect(page.getByText('Skipped while reading')).toHaveCount(0);
  });
}

test('there is a sample for every event, and a test for every sample', () => {
  const named = readdirSync(fixtures)
    .filter((file) => /^(client_contact|contract|spend_request)\..*\.json$/.test(file))
    .map((file) => file.replace(/\.json$/, ''));
  expect(named.sort()).toEqual(Object.keys(samples).sort());
});

for (const name of ['odd.oldest_contract', 'odd.nulls', 'odd.numbers']) {
  test(`the sample ${name} is taken for what it is`, async ({ page }) => {
    const text = fixtureOf(name, new Story());
    const answer = await deliver({ body: text });
    expect(answer).toMatchObject({ status: 200, body: { status: 'stored' } });
    const rows = await rowsFor(page, answer.id);
    await expect(rows).toContainText('Stored');
    await expect(rows).toContainText(/Contract \w+/);
    await waitForPage(page, `/contracts/${/\bct_[a-z0-9]+/.exec(text)?.[0] ?? ''}`);
    await expect(page.locator('li.entry')).toHaveCount(1);
  });
}

test('an event type outside the catalog is stored, and shown as what it is', async ({ page }) => {
  const answer = await deliver({ body: fixtureOf('extra.contract.custom_fields_updated', new Story()) });
  expect(answer).toMatchObject({ status: 200, body: { status: 'stored' } });
  const rows = await rowsFor(page, answer.id);
  await expect(rows).toContainText('client.contract.custom_fields_updated');
  await openDelivery(rows);
  await expect(page.getByText('Not in the catalog: stored whole, and not interpreted.')).toBeVisible();
  await page.goto('/catalog');
  await page.getByRole('link', { name: 'client.contract.custom_fields_updated' }).click();
  await expect(page).toHaveURL(/\/deliveries\?type=client\.contract\.custom_fields_updated$/);
  await expect(page.locator('.deliveries tbody').getByRole('row').first()).toBeVisible();
});

test('a genuine message that cannot be read is kept, marked and answered 200', async ({ page }) => {
  for (const text of ['', 'not JSON', '[]', '{"event_type":7}']) {
    const answer = await deliver({ body: text });
    expect(answer, text).toMatchObject({ status: 200, body: { status: 'stored' } });
    const rows = await rowsFor(page, answer.id);
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText('Unreadable');
  }
  await openDelivery(page.locator('tbody tr'));
  await expect(page.getByText('Signature: passed')).toBeAttached();
});

test('nothing in a body becomes markup', async ({ page }) => {
  const hostile = '<img src=x onerror=alert(1)></td></tr></table><script>alert(2)</script>';
  const text = fixtureOf('contract.offered', new Story()).replaceAll('Autumn campaign - senior designer', hostile);
  page.on('dialog', () => expect(true, 'a script ran').toBe(false));
  await page.goto('/deliveries');
  await expect(page.locator('button.live-pill')).toHaveText('Live');
  const { id } = await deliver({ body: text });
  await expect(page.locator('tbody tr').filter({ hasText: 'onerror=alert(1)' })).toHaveCount(1);
  const rows = await rowsFor(page, id);
  await expect(rows).toHaveCount(1);
  await openDelivery(rows);
  await expect(page.getByRole('main').locator('img, script')).toHaveCount(0);
  await page.getByRole('main').locator('a[href^="/contracts/"]').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(hostile);
});

test('the body can be had back byte for byte', async ({ page }) => {
  const text = `${fixture('spend_request.created').replaceAll('spreq_', `spreq_${randomBytes(4).toString('hex')}`)}\n  \n`;
  const { id } = await deliver({ body: text });
  const rows = await rowsFor(page, id);
  const answer = await page.request.get(`${await deliveryOf(rows)}/body`);
  expect(await answer.text()).toBe(text);
  expect(answer.headers()['content-disposition']).toContain('attachment');
});
