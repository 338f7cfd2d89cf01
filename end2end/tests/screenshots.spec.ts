// Screenshots for the README and for review. Nothing is compared.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { deliveryOf } from '../support/deliveries';
import { awake, test } from '../support/test';

const folder = path.join(__dirname, '../screenshots');

test.skip(!process.env['SCREENSHOTS'], 'only with SCREENSHOTS=1');
test.use({ deviceScaleFactor: Number(process.env['SCALE'] ?? 2) });

const pages: Record<string, { list: string; opensFirst?: boolean; hasNoTimes?: boolean }> = {
  overview: { list: '/' },
  contractors: { list: '/contractors' },
  contractor: { list: '/contractors?state=onboarded', opensFirst: true },
  contracts: { list: '/contracts' },
  contract: { list: '/contracts?state=ending', opensFirst: true },
  spend: { list: '/spend' },
  requisition: { list: '/spend', opensFirst: true },
  findings: { list: '/findings' },
  calendar: { list: '/calendar', hasNoTimes: true },
  deliveries: { list: '/deliveries' },
  delivery: { list: '/deliveries?type=client.contract.offered&outcome=stored', opensFirst: true },
  refused: { list: '/deliveries?outcome=refused', opensFirst: true },
  'catalog-event': { list: '/catalog/client.contract.notice_served' },
};

for (const [name, { list, opensFirst, hasNoTimes }] of Object.entries(pages)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${name} in ${colorScheme}`, async ({ page }) => {
      mkdirSync(folder, { recursive: true });
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.goto(list);
      if (opensFirst) {
        if (list.startsWith('/deliveries')) {
          await page.goto(await deliveryOf(page.locator('.deliveries tbody tr')));
        } else {
          await page.locator('tbody a.main').first().click();
          await page.waitForURL((url) => url.pathname !== new URL(list, url).pathname);
        }
      }
      if (!hasNoTimes) await awake(page);
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
    });
  }
}
