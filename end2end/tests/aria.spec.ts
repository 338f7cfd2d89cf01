// The accessibility tree of the navigation, and of one contract's page.

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
        - listitem:
          - link "Calendar"
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
  // The page reads from the lists, which may not include the last event yet.
  await expect(async () => {
    await page.reload();
    await expect(page.locator('li.entry')).toHaveCount(events.length, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - paragraph:
        - link "Contracts"
      - heading "Autumn campaign - senior designer" [level=1]
      - link /Open on YunoJuno/
      - text: Ended
      - link "Amara Okoye"
      - text: Northwind Studios
      - code: /ct_[a-z0-9]+/
      - heading "Lifecycle" [level=2]
      - list "Steps of this contract":
        - listitem:
          - link "Approved"
          - time: 20 Aug 2025, 10:30
          - text: 1 day until offered
        - listitem:
          - link "Offered"
          - time: 21 Aug 2025, 11:00
          - text: 1 day until signed
        - listitem:
          - link "Signed"
          - time: 22 Aug 2025, 15:15
          - text: 3 months until its end date was settled
        - listitem:
          - link "Ending"
          - time: 28 Nov 2025, 17:00
        - listitem: /^Ended 28 Nov 2025/
      - term: Also possible
      - definition: Its end date is settled anew, or it is deleted.
      - term: The end
      - definition: /^Its last day was 28 November 2025, /
      - term: Unusual now
      - definition: A revoked offer or a cancellation because its end date is settled.
      - heading "Facts" [level=2]
      - term: Work
      - definition: Senior designer
      - term: Starts
      - definition: /^1 Sep 2025, /
      - term: Ends
      - definition: /^28 Nov 2025, /
      - term: Rate
      - definition: £450.00 a day
      - term: Notice
      - definition: 7 days
      - term: Hirers
      - definition: Priya Raman
      - term: Works in
      - definition: United Kingdom
      - term: cost_centre
      - definition: CC-410
      - heading "Rate and fees" [level=2]
      - region "Rate and fees":
        - table:
          - rowgroup:
            - row "From Rate Fees Fees in all Total cost"
          - rowgroup:
            - row "1 Sep 2025 £450.00 Platform Referral Fee 12%, £54.00 £54.00 £504.00"
      - heading "Events" [level=2]
      - heading "Friday 28 November 2025" [level=3]
      - list:
        - listitem:
          - link "17:00"
          - paragraph:
            - text: The end date of
            - link "Autumn campaign - senior designer"
            - text: "is settled: 28 November 2025."
          - paragraph:
            - link "End date settled"
      - heading "Friday 22 August 2025" [level=3]
      - list:
        - listitem:
          - link "15:15"
          - paragraph:
            - link "Autumn campaign - senior designer"
            - text: was signed by Amara.
          - paragraph:
            - text: /^£450.00 a day, 1 September to 28 November 2025, 7 days’ notice/
            - link "Contract signed"
      - heading "Thursday 21 August 2025" [level=3]
      - list:
        - listitem:
          - link "11:00"
          - paragraph:
            - link "Autumn campaign - senior designer"
            - text: was offered to Amara by Priya Raman.
          - paragraph:
            - link "Contract offered"
      - heading "Wednesday 20 August 2025" [level=3]
      - list:
        - listitem:
          - link "10:30"
          - paragraph:
            - link "Autumn campaign - senior designer"
            - text: passed pre-offer approval.
          - paragraph:
            - link "Contract approved"
      - complementary "In short":
        - heading "Now" [level=2]
        - term: State
        - definition: Ended
        - term: Dates
        - definition: 1 Sep – 28 Nov 2025
        - heading "Draws on" [level=2]
        - list:
          - listitem:
            - link "Autumn campaign design budget"
  `);
});
