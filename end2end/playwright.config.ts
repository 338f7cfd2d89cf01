// Playwright projects: with and without WASM, on desktop and phone.

import { defineConfig } from '@playwright/test';
import { launchOptions } from './support/browser';

const desktop = { width: 1280, height: 800 };

/** Tests that need scripts, or would repeat the same check in other projects, run in one project only. */
const once = [
  'live',
  'islands',
  'svix',
  'people',
  'account',
  'aria',
  'screenshots',
  'long',
  'strangers',
  'refused',
  'volume',
  'reader',
].map((name) => `${name}.spec.ts`);

export default defineConfig({
  testDir: 'tests',
  globalSetup: './support/set-up.ts',
  outputDir: 'test-results',
  fullyParallel: true,
  workers: 2,
  // All tests share one server and add to its lists, so a failed test is retried once and reported as flaky.
  retries: 1,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 45_000,
  globalTimeout: 25 * 60_000,
  expect: { timeout: 10_000 },
  reporter: process.env['CI'] ? [['list'], ['html', { open: 'never' }]] : [['list']],
  use: {
    launchOptions,
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    actionTimeout: 10_000,
    navigationTimeout: 20_000,
    // A trace of every test takes as much of the processor as the browser does, so only the retry is traced.
    trace: 'on-first-retry',
    screenshot: 'only-on-failure',
  },
  projects: [
    { name: 'wasm-on', use: { viewport: desktop } },
    { name: 'wasm-off', use: { viewport: desktop, javaScriptEnabled: false }, testMatch: ['tour.spec.ts', 'lists.spec.ts', 'search.spec.ts', 'export.spec.ts', 'reader.spec.ts'] },
    {
      name: 'phone',
      use: { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true },
      testIgnore: once,
    },
  ],
});
