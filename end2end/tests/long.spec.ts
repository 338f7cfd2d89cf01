// Very long stories: the newest events first, and a link to all.

import { withOwnServer } from '../support/own-server';
import { setPassword } from '../support/people';
import { Story, contractorOf, deliver, fixtureOf, messageId } from '../support/sender';
import { expect, test } from '../support/test';

const EVENTS = 503;

test.use({ reader: 'nobody' });

test('a very long story begins with its newest events, and is told whole on request', async ({ page, guard }, info) => {
  test.slow();
  await withOwnServer(info, guard, async (server, secret) => {
    await page.goto(await server.ready());
    await setPassword(page);
    const body = fixtureOf('contract.notice_served', new Story());
    const first = Date.now() - EVENTS * 60_000;
    const ids = Array.from({ length: EVENTS }, (_, minute) => messageId(new Date(first + minute * 60_000)));
    // A few at a time, as a sender would.
    for (let at = 0; at < ids.length; at += 10) {
      const some = ids.slice(at, at + 10);
      const answers = await Promise.all(some.map(async (id) => deliver({ body, id, secret, url: server.url })));
      expect(answers.map((answer) => answer.status)).toEqual(some.map(() => 200));
    }
    const contractor = `${server.url}/contractors/${contractorOf(body)}`;
    // Lists are filled a moment after the commits; asked without the page, so that a 404 is nobody's fault.
    const text = async () => (await page.request.get(contractor)).text();
    await expect.poll(text, { timeout: 60_000 }).toContain(`All ${EVENTS} events`);
    await page.goto(contractor);
    const entries = page.locator('#events li.entry');
    await expect(entries).toHaveCount(500);
    await expect(page.getByText('These are the newest 500 events.')).toBeVisible();
    await page.getByRole('link', { name: `Show all ${EVENTS}` }).click();
    await expect(page).toHaveURL(/\?events=all#events$/);
    await expect(entries).toHaveCount(EVENTS);
    await expect(page.getByText('These are the newest')).toHaveCount(0);
    await page.getByRole('navigation', { name: 'Stretch of time' }).getByRole('link', { name: 'Quarter' }).click();
    await expect(page).toHaveURL(/events=all&zoom=quarter#picture$/);
    await expect(entries).toHaveCount(EVENTS);
  });
});
