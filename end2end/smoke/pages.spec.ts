// Every kind of page in browsers other than Chromium: it loads, hydrates, runs without script errors, gets live rows, and
// prints without clipping.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, type TestInfo } from '@playwright/test';
import { Story, deliver, fixtureOf } from '../support/sender';
import { Server, command, freePort } from '../support/server';
import { password } from '../support/world';
import { until, type Browser } from './browser';
import { firefox } from './firefox';
import { webkit } from './webkit';

/** Set by `cargo xtask test`, which installs the browsers; tests without one are skipped with a message. */
const program = (name: string): string => process.env[name] ?? '';

const browsers: Record<string, { needs: string[]; start: (server: string) => Promise<Browser> }> = {
  Firefox: { needs: ['FIREFOX_PATH'], start: () => firefox(program('FIREFOX_PATH')) },
  WebKit: {
    needs: ['WEBKIT_DRIVER_PATH', 'WEBKIT_BROWSER_PATH', 'XVFB_PATH'],
    start: (server) => {
      const driver = program('WEBKIT_DRIVER_PATH');
      return webkit({ driver, browser: program('WEBKIT_BROWSER_PATH'), display: program('XVFB_PATH') }, server);
    },
  },
};

for (const [name, { needs, start }] of Object.entries(browsers)) {
  test(`every kind of page works in ${name}`, async ({}, info) => {
    test.skip(needs.some((variable) => program(variable) === ''), `${needs.join(', ')} say which browser`);
    await withServer(info, async (server, link) => {
      const browser = await start(server.url);
      try {
        await signIn(browser, link);
        await visit(browser, server);
        await liveRow(browser, server);
        await picture(browser, server);
        await paper(browser, server);
        expect(browser.errors()).toEqual([]);
        // Checks the collector itself: a deliberate error is reported.
        await browser.evaluate(`void setTimeout(() => { throw new Error('planted') })`);
        await until('an error is reported', async () => browser.errors().some((error) => error.includes('planted')));
      } finally {
        await browser.close();
      }
    });
  });
}

/** Half a year of six contractors. */
async function withServer(info: TestInfo, act: (server: Server, link: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'junoscope-smoke-'));
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const server = new Server({ folder, port: await freePort(), secrets: [secret] }, info.outputPath('server.log'));
  try {
    const link = await server.ready();
    const target = ['--target', `${server.url}/webhooks/yunojuno`, '--secret', secret];
    const size = ['--contractors', '6', '--months', '6', '--seed', '7', '--bad-signatures', '3'];
    await command(server.settings, ['simulate', ...target, ...size]);
    await act(server, link);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function signIn(browser: Browser, link: string): Promise<void> {
  await browser.goto(link);
  await browser.evaluate(`(() => {
    for (const input of document.querySelectorAll('input[type="password"]')) input.value = ${JSON.stringify(password)};
    document.querySelector('main form').requestSubmit();
  })()`);
  await until('signed in', () => browser.evaluate(`!location.pathname.startsWith('/welcome') && document.readyState === 'complete'`));
}

/** Loads a page, and waits until its islands are hydrated. */
async function open(browser: Browser, url: string): Promise<void> {
  await browser.goto(url);
  await until(`the islands of ${url} are awake`, () => browser.evaluate(`document.documentElement.hasAttribute('data-awake')`));
}

async function visit(browser: Browser, { url }: Server): Promise<void> {
  const lists = ['/contractors', '/contracts', '/spend', '/deliveries', '/deliveries?outcome=refused', '/catalog'];
  // Lists are updated shortly after the commit.
  await until('the lists are filled', async () => {
    await browser.goto(`${url}/contractors`);
    return browser.evaluate(`document.querySelectorAll('main tbody tr').length > 0`);
  });
  let timesSeen = 0;
  for (const page of ['/', '/calendar', '/findings', '/nowhere', ...lists]) {
    await open(browser, url + page);
    expect(await browser.evaluate<string>(`document.querySelector('h1')?.textContent ?? ''`), page).not.toBe('');
    await noSidewaysScroll(browser, page);
    if (!lists.includes(page)) {
      continue;
    }
    const href = await browser.evaluate<string>(
      `document.querySelector('main tbody a.main, .catalog-row a')?.getAttribute('href') ?? ''`,
    );
    expect(href, `${page} has a row that leads somewhere`).toMatch(/^\//);
    await open(browser, url + href);
    expect(await browser.evaluate<string>(`document.querySelector('h1')?.textContent ?? ''`), href).not.toBe('');
    await noSidewaysScroll(browser, href);
    const times = await browser.evaluate<string[]>(
      `[...document.querySelectorAll('time[data-t]')].map((time) => time.title)`,
    );
    timesSeen += times.length;
    expect(times.filter((title) => !title.includes(' · ')), `times of ${href} in the reader's zone`).toEqual([]);
  }
  expect(timesSeen, 'pages have times').toBeGreaterThan(0);
}

async function noSidewaysScroll(browser: Browser, page: string): Promise<void> {
  const beyond = await browser.evaluate<number>(`document.documentElement.scrollWidth - innerWidth`);
  expect(beyond, `${page} is no wider than the screen`).toBeLessThanOrEqual(0);
}

async function liveRow(browser: Browser, server: Server): Promise<void> {
  await open(browser, `${server.url}/deliveries`);
  const newest = `Number(document.querySelector('tbody tr[data-seq]').dataset.seq)`;
  const before = await browser.evaluate<number>(newest);
  const [secret = ''] = server.settings.secrets;
  const { status } = await deliver({ url: server.url, secret, body: fixtureOf('contract.offered', new Story()) });
  expect(status).toBe(200);
  await until('the new delivery stands at the top', async () => (await browser.evaluate<number>(newest)) > before);
}

/** Dragging by 200 pixels moves a year by the days within them, on a wide screen too. */
async function picture(browser: Browser, { url }: Server): Promise<void> {
  await open(browser, `${url}/contractors?has=active`);
  const href = await browser.evaluate<string>(`document.querySelector('main tbody a.main').getAttribute('href')`);
  await open(browser, `${url}${href}?zoom=year&from=2026-01-01`);
  await browser.evaluate(`(() => {
    const sheet = document.querySelector('#picture .picture-svg');
    const box = sheet.getBoundingClientRect();
    const at = (x) => ({ bubbles: true, cancelable: true, pointerId: 1, pointerType: 'mouse', button: 0, clientX: x, clientY: box.top + 12 });
    // No pointer is down, so there is none to capture.
    document.querySelector('#picture').setPointerCapture = () => {};
    sheet.dispatchEvent(new PointerEvent('pointerdown', at(box.left + 400)));
    for (const x of [350, 300, 200]) sheet.dispatchEvent(new PointerEvent('pointermove', at(box.left + x)));
    sheet.dispatchEvent(new PointerEvent('pointerup', at(box.left + 200)));
  })()`);
  const from = `document.querySelector('#picture').dataset.from`;
  await until('the picture has moved', async () => (await browser.evaluate<string>(from)) !== '2026-01-01');
  const days = (Date.parse(await browser.evaluate<string>(from)) - Date.parse('2026-01-01')) / 86_400_000;
  expect(days, 'days dragged by 200 pixels').toBe(89);
}

async function paper(browser: Browser, { url }: Server): Promise<void> {
  await open(browser, `${url}/spend`);
  const pdf = await browser.print();
  if (pdf !== undefined) {
    expect(Buffer.from(pdf.slice(0, 5)).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(5_000);
  }
  expect(await browser.evaluate<number>(`document.querySelectorAll('main table td').length`)).toBeGreaterThan(0);
  // The print styles at the width of A4 without margins, whether or not the driver can print.
  const cut = await browser.evaluate<string[]>(`(() => {
    for (const sheet of document.styleSheets) {
      const rules = (list) => [...list].flatMap((rule) => [rule, ...(rule.cssRules ? rules(rule.cssRules) : [])]);
      for (const rule of rules(sheet.cssRules)) {
        if (!(rule instanceof CSSMediaRule)) continue;
        if (/print/.test(rule.media.mediaText)) rule.media.mediaText = 'all';
        else if (/screen/.test(rule.media.mediaText)) rule.media.mediaText = 'not all';
      }
    }
    document.body.style.width = '710px';
    return [...document.querySelectorAll('main table :is(th, td)')]
      .filter((cell) => cell.offsetWidth === 0 || cell.getBoundingClientRect().right > 711)
      .map((cell) => cell.textContent);
  })()`);
  expect(cut, 'cells that are hidden on paper or reach beyond it').toEqual([]);
}
