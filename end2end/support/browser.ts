// Which Chromium, and how it is started.

import type { LaunchOptions } from '@playwright/test';

const chromium = process.env['CHROMIUM_PATH'];

/** Chromium calls home on its own unless told not to, and a test could not tell its requests from a page's. */
export const launchOptions: LaunchOptions = {
  ...(chromium ? { executablePath: chromium } : {}),
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ],
};
