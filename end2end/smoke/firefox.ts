// Firefox, driven by its own implementation of WebDriver BiDi.

import { launch } from 'puppeteer-core';
import type { Browser } from './browser';

export async function firefox(executablePath: string): Promise<Browser> {
  const browser = await launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    timeout: 90_000,
    // Disables requests to Mozilla's servers.
    extraPrefsFirefox: {
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'services.settings.server': 'data:,',
      'intl.accept_languages': 'en-GB',
    },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1600, height: 900 });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(`error on ${page.url()}: ${String(error)}`));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      errors.push(`console error on ${page.url()}: ${message.text()}`);
    }
  });
  return {
    goto: async (url) => {
      await page.goto(url, { waitUntil: 'load' });
    },
    evaluate: async (expression) => (await page.evaluate(expression)) as never,
    print: () => page.pdf({ format: 'A4' }),
    errors: () => errors,
    close: () => browser.close(),
  };
}
