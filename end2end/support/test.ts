// `test` with a signed-in reader, and with a guard that fails a test on errors of its pages.

import { test as base, expect, type Page, type Request, type Response } from '@playwright/test';
import { storageState, world, type Reader } from './world';

export { expect };

interface Options {
  /** The role that is signed in. */
  reader: Reader;
}

interface Fixtures {
  guard: Guard;
}

/** Collects console errors, failed requests, requests to other hosts, and violations of the security policy. */
export class Guard {
  readonly #problems: string[] = [];
  readonly #expected: RegExp[] = [];
  readonly #checks: Promise<void>[] = [];
  readonly #homes = new Set([new URL(world().url).origin]);

  readonly #hasScripts: boolean;

  constructor(hasScripts: boolean) {
    this.#hasScripts = hasScripts;
  }

  /** Another address of the same server. */
  home(url: string): void {
    this.#homes.add(new URL(url).origin);
  }

  /** Errors that a test provokes on purpose, in the guard's wording. */
  expects(problem: RegExp): void {
    this.#expected.push(problem);
  }

  watch(page: Page): void {
    page.on('console', (message) => {
      // What was fetched ahead is not used where no scripts run, nor yet where the machine is slow; that it is used at all
      // has a test of its own.
      const isUnused = /preloaded using link preload but not used/.test(message.text());
      if (!isUnused && (message.type() === 'error' || message.type() === 'warning')) {
        this.#report(`console ${message.type()} on ${page.url()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on('pageerror', (error) => {
      // A move between pages that the browser does not animate after all: nothing of the page's is missing.
      if (!/^Transition was (aborted|skipped)/.test(error.message)) {
        this.#report(`error on ${page.url()}: ${error.message}`);
      }
    });
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (!this.#homes.has(url.origin) && !['data:', 'blob:', 'about:'].includes(url.protocol)) {
        this.#report(`${page.url()} asked another host: ${request.url()}`);
      }
    });
    page.on('requestfailed', (request) => {
      if (!isNobodysFault(request, this.#hasScripts)) {
        this.#report(`request failed: ${request.url()} ${request.failure()?.errorText ?? ''}`);
      }
    });
    page.on('response', (response) => {
      if (response.status() >= 400) {
        this.#report(`${response.status()} from ${response.url()}`);
      }
      if (response.request().isNavigationRequest() && response.request().frame() === page.mainFrame()) {
        this.#checks.push(this.#headers(response));
      }
    });
  }

  async verify(): Promise<void> {
    await Promise.all(this.#checks);
    expect(this.#problems, 'what no page may do').toEqual([]);
  }

  #report(problem: string): void {
    if (!this.#expected.some((expected) => expected.test(problem))) {
      this.#problems.push(problem);
    }
  }

  async #headers(response: Response): Promise<void> {
    const isRedirect = response.status() >= 300 && response.status() < 400;
    const headers = await response.allHeaders();
    if (isRedirect || !(headers['content-type'] ?? '').startsWith('text/html')) {
      return;
    }
    const policy = headers['content-security-policy'] ?? '';
    for (const rule of ["default-src 'none'|default-src 'self'", "'nonce-", 'frame-ancestors', 'base-uri', 'form-action']) {
      if (!rule.split('|').some((form) => policy.includes(form))) {
        this.#report(`no ${rule} in the Content-Security-Policy of ${response.url()}: ${policy}`);
      }
    }
    if (/script-src[^;]*'unsafe-(inline|eval)'/.test(policy)) {
      this.#report(`the Content-Security-Policy of ${response.url()} lets any script run: ${policy}`);
    }
    if (headers['x-content-type-options'] !== 'nosniff') {
      this.#report(`no nosniff on ${response.url()}`);
    }
    if (!headers['referrer-policy']) {
      this.#report(`no Referrer-Policy on ${response.url()}`);
    }
  }
}

/** Requests that the browser itself aborted, as a page was left, or does not run on request. */
function isNobodysFault(request: Request, hasScripts: boolean): boolean {
  const why = request.failure()?.errorText ?? '';
  return why === 'net::ERR_ABORTED' || (!hasScripts && why === 'csp' && request.resourceType() === 'script');
}

export const test = base.extend<Options & Fixtures>({
  reader: ['admin', { option: true }],
  // eslint-disable-next-line no-empty-pattern
  baseURL: async ({}, use) => use(world().url),
  storageState: async ({ reader }, use) =>
    use(reader === 'nobody' ? { cookies: [], origins: [] } : storageState(reader)),
  guard: [
    async ({ context, javaScriptEnabled }, use) => {
      const guard = new Guard(javaScriptEnabled !== false);
      context.on('page', (page) => guard.watch(page));
      await use(guard);
      await guard.verify();
    },
    { auto: true },
  ],
});

/** Asserts that the page does not scroll horizontally. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const wide = await page.evaluate(() => {
    if (document.documentElement.scrollWidth <= window.innerWidth) {
      return [];
    }
    const elements = [...document.body.querySelectorAll('*')];
    const beyond = elements.filter((one) => one.getBoundingClientRect().right > window.innerWidth);
    return beyond.slice(0, 8).map((one) => `<${one.localName} class="${one.className}"> ${one.textContent?.slice(0, 30)}`);
  });
  expect(wide, `${page.url()} is wider than the screen`).toEqual([]);
}

/** Waits until the islands are hydrated, which first convert times to the reader's zone. */
export async function awake(page: Page): Promise<void> {
  await expect(page.locator('time[data-t]').first()).toHaveAttribute('title', / · /);
}

/** Waits until a page exists, as lists follow the commit. Not in the page itself, whose 404 would be an error. */
export async function waitForPage(page: Page, path: string): Promise<void> {
  await expect.poll(async () => (await page.request.get(path)).status(), { message: path }).toBe(200);
  await page.goto(path);
}
