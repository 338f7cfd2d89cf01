// Global set-up: starts the server once for all tests, signs two people in, and sends a year of history.

import { chromium, expect, type Browser } from '@playwright/test';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchOptions } from './browser';
import { addPerson, setPassword } from './people';
import { Server, command, freePort } from './server';
import { CONTRACTORS, share, storageState } from './world';

const secret = (): string => `whsec_${randomBytes(24).toString('base64')}`;

export default async function setUp(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'junoscope-end2end-'));
  const settings = { folder, port: await freePort(), secrets: [secret(), secret()] };
  const results = path.join(__dirname, '../test-results');
  mkdirSync(results, { recursive: true });
  const server = new Server(settings, path.join(results, 'server.log'));
  try {
    const usedLink = await server.ready();
    share({
      url: server.url,
      folder,
      secret: settings.secrets[0] ?? '',
      oldSecret: settings.secrets[1] ?? '',
      usedLink,
    });
    const browser = await chromium.launch(launchOptions);
    try {
      await signUp(browser, usedLink, 'admin', folder);
      await simulate(server);
      const hirer = await addPerson('helen.hirer@example.com', 'Helen Hirer', 'hirer');
      await signUp(browser, hirer, 'hirer', folder);
      await caughtUp(browser, server, folder);
    } finally {
      await browser.close();
    }
  } catch (error) {
    await server.stop().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return async () => {
    try {
      await server.stop();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
}

async function signUp(browser: Browser, link: string, who: 'admin' | 'hirer', folder: string): Promise<void> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(link);
  await setPassword(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  await context.storageState({ path: storageState(who, folder) });
  await context.close();
}

/**
 * Simulates a year up to now, with duplicates, reordering and forgeries. One request in a hundred is forged, as the feed
 * is no longer healthy from one refused in twenty on, and tests send forgeries of their own.
 */
async function simulate(server: Server): Promise<void> {
  const [secret = ''] = server.settings.secrets;
  const target = ['--target', `${server.url}/webhooks/yunojuno`, '--secret', secret];
  const size = ['--contractors', String(CONTRACTORS), '--months', '12', '--seed', '7'];
  const trouble = ['--duplicates', '5', '--reorder', '10', '--bad-signatures', '1', '--unknown', '2'];
  await command(server.settings, ['simulate', ...target, ...size, ...trouble]);
}

/** Waits until the lists include everything sent. */
async function caughtUp(browser: Browser, server: Server, folder: string): Promise<void> {
  const context = await browser.newContext({ baseURL: server.url, storageState: storageState('admin', folder) });
  const page = await context.newPage();
  await expect(async () => {
    await page.goto('/contractors');
    const first = await page.locator('tbody tr').count();
    await page.getByRole('link', { name: /Next page/ }).click({ timeout: 1000 });
    await expect(page.locator('tbody tr')).toHaveCount(CONTRACTORS - first, { timeout: 1000 });
  }).toPass({ timeout: 30_000 });
  await context.close();
}
