// Every kind of page once in Firefox and in WebKit. Playwright only runs the tests: the browsers are the system's own.

import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'smoke',
  outputDir: 'test-results/smoke',
  workers: 2,
  fullyParallel: true,
  // The browsers are the system's own and start slowly beside other work.
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 170_000,
  globalTimeout: 180_000,
  reporter: [['list']],
});
