// Rows of the delivery list, and the pages of what they lead to.

import type { Locator } from '@playwright/test';

/** The path of the page of the first delivery in these rows, whose links open it beside the list. */
export async function deliveryOf(rows: Locator): Promise<string> {
  const href = (await rows.locator('a.main').first().getAttribute('href')) ?? '';
  return `/deliveries/${/[?&]open=(\d+)/.exec(href)?.[1] ?? 'none'}`;
}

/** Opens the page of the first delivery in these rows. */
export async function openDelivery(rows: Locator): Promise<void> {
  const page = rows.page();
  await page.goto(new URL(await deliveryOf(rows), page.url()).href);
}
