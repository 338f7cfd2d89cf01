// The path and launch options of Chromium.

import type { LaunchOptions } from '@playwright/test';

const chromium = process.env['CHROMIUM_PATH'];

/** Disables Chromium's own background requests, which tests could not distinguish from a page's. */
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
