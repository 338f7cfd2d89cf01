// Pages before the first event, which show what to do next.

import { expectNoViolations } from '../support/axe';
import { withOwnServer } from '../support/own-server';
import { setPassword } from '../support/people';
import { Story, deliver, fixtureOf } from '../support/sender';
import { expect, test } from '../support/test';

test.use({ reader: 'nobody' });

test('a server of one’s own: empty pages that help, the first event, and an end on request', async ({ page, guard }, info) => {
  test.slow();
  await withOwnServer(info, guard, async (server, secret) => {
    await page.goto(await server.ready());
    await setPassword(page);

    for (const [list, title] of [
      ['/', 'Waiting for the first event'],
      ['/contractors', 'No contractors yet'],
      ['/contracts', 'No contracts yet'],
      ['/spend', 'No requisitions yet'],
      ['/deliveries', 'Waiting for the first event'],
    ] as const) {
      await page.goto(`${server.url}${list}`);
      await expect(page.getByRole('heading', { level: 2, name: title })).toBeVisible();
      await expectNoViolations(page);
    }
    await expect(page.getByText(`${server.url}/webhooks/yunojuno`, { exact: true })).toBeVisible();
    await expect(page.locator('button.live-pill')).toHaveText('Live');

    const answer = await deliver({ body: fixtureOf('contract.offered', new Story()), secret, url: server.url });
    expect(answer).toMatchObject({ status: 200, body: { status: 'stored' } });
    await expect(page.locator('.deliveries tbody').getByRole('row')).toHaveCount(1);
    await expect(page.getByRole('heading', { name: 'Waiting for the first event' })).toBeHidden();

    // The page still listens: its stream must not keep the server from stopping.
    guard.expects(/\/live\/deliveries|ERR_(CONNECTION|EMPTY|INCOMPLETE|SOCKET|NETWORK)/);
    await server.stop();
  });
});
