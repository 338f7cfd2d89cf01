// What a screen reader is told of the navigation, and of one contract whose story is known.

import { Story, contractOf, deliver, fixtureOf, messageId } from '../support/sender';
import { expect, test, waitForPage } from '../support/test';

test('the navigation of an admin', async ({ page }) => {
  await page.goto('/contracts');
  await expect(page.getByRole('navigation', { name: 'Main' })).toMatchAriaSnapshot(`
    - navigation "Main":
      - list:
        - listitem:
          - link "Overview"
        - listitem:
          - link "Contractors"
        - listitem:
          - link "Contracts"
        - listitem:
          - link "Spend"
      - heading "Events" [level=2]
      - list "Events":
        - listitem:
          - link "Deliveries"
        - listitem:
          - link "Catalog"
  `);
});

test('one contract from its approval to its end', async ({ page }) => {
  const story = new Story();
  const events = [
    ['contract.approved', '2025-08-20T09:30:00Z'],
    ['contract.offered', '2025-08-21T10:00:00Z'],
    ['contract.accepted', '2025-08-22T14:15:00Z'],
    ['contract.completed', '2025-11-28T17:00:00Z'],
  ] as const;
  let body = '';
  for (const [name, at] of events) {
    body = fixtureOf(name, story);
    await deliver({ body, id: messageId(new Date(at)) });
  }
  await waitForPage(page, `/contracts/${contractOf(body)}`);
  await expect(page.locator('li.entry')).toHaveCount(events.length);
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - link "Contracts"
  `);
});
