// Refused requests, requests to unknown endpoints, and storage outages, as an admin sees them.

import { rmSync } from 'node:fs';
import { expectNoViolations } from '../support/axe';
import { withOwnServer } from '../support/own-server';
import { openDelivery } from '../support/deliveries';
import { setPassword } from '../support/people';
import { Story, deliver, fixtureOf } from '../support/sender';
import { expect, test } from '../support/test';

test.use({ reader: 'nobody' });

test('a new receiver that refuses everything, is missed and then cannot store says each of it', async ({ page, guard }, info) => {
  test.slow();
  await withOwnServer(info, guard, async (server, secret) => {
    await page.goto(await server.ready());
    await setPassword(page);

    const post = (path: string, body: string) => fetch(`${server.url}${path}`, { method: 'POST', body });
    expect((await post('/webhooks/yunojuno', '{}')).status).toBe(400);
    const missed = await post('/webhooks/YunoJuno', '{}');
    expect(missed.status).toBe(404);
    expect(await missed.text()).toContain(`${server.url}/webhooks/NAME`);
    await expect(async () => {
      await page.goto(`${server.url}/`);
      await expect(page.getByText('1 request was refused in the last 24 hours')).toBeVisible({ timeout: 500 });
      await expect(page.getByText('to an address that does not exist: /webhooks/YunoJuno')).toBeVisible({ timeout: 500 });
    }).toPass();
    await expectNoViolations(page);
    await page.getByRole('link', { name: 'see why' }).click();
    await openDelivery(page.locator('tbody tr'));
    await expect(page.getByRole('alert')).toContainText('The svix-id header is missing');
    await expect(page.getByText('It was not read. Its sender said that it had 2 bytes.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Download the body' })).toHaveCount(0);
    await expectNoViolations(page);

    const stored = await deliver({ body: fixtureOf('contract.offered', new Story()), secret, url: server.url });
    expect(stored.status).toBe(200);
    rmSync(`${server.settings.folder}/junoscope.db`);
    const lost = await deliver({ body: fixtureOf('contract.offered', new Story()), secret, url: server.url });
    expect(lost.status).toBe(503);
    await page.goto(`${server.url}/`);
    await expect(page.getByRole('alert')).toContainText(/Cannot store since .*: the database file was moved, replaced or deleted/);
    await expectNoViolations(page);
  });
});
