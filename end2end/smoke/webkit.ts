// WebKitGTK, driven by W3C WebDriver over HTTP, on a virtual display of its own.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../support/server';
import { until, type Browser } from './browser';
import { Listener } from './listener';

export interface WebKit {
  /** `WebKitWebDriver` */
  driver: string;
  /** `MiniBrowser` */
  browser: string;
  /** `Xvfb` */
  display: string;
}

/** Starts a browser for the server at this address. */
export async function webkit(at: WebKit, server: string): Promise<Browser> {
  const processes: ChildProcess[] = [];
  process.once('exit', () => stop(processes));
  try {
    return await start(at, server, processes);
  } catch (error) {
    stop(processes);
    throw error;
  }
}

function stop(processes: ChildProcess[]): void {
  for (const one of processes.reverse()) {
    one.kill('SIGTERM');
  }
}

async function start(at: WebKit, server: string, processes: ChildProcess[]): Promise<Browser> {
  const display = await openDisplay(at.display, processes);
  const port = await freePort();
  const driver = spawn(at.driver, [`--port=${port}`, '--host=127.0.0.1'], {
    stdio: 'ignore',
    env: {
      ...process.env,
      DISPLAY: display,
      GDK_BACKEND: 'x11',
      // There is no GPU, and no sandbox can be created in a container.
      LIBGL_ALWAYS_SOFTWARE: '1',
      WEBKIT_DISABLE_COMPOSITING_MODE: '1',
      WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1',
      NO_AT_BRIDGE: '1',
    },
  });
  processes.push(driver);

  const root = `http://127.0.0.1:${port}`;
  await until('the driver answers', () => fetch(`${root}/status`).then(({ ok }) => ok, () => false));
  const options = { binary: at.browser, args: ['--automation'] };
  const { sessionId } = (await command(`${root}/session`, {
    capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } },
  })) as { sessionId: string };
  const session = `${root}/session/${sessionId}`;
  await command(`${session}/timeouts`, { pageLoad: 60_000, script: 60_000 });
  await command(`${session}/window/rect`, { width: 1600, height: 900 });

  const listener = new Listener(server);
  const heard = await listener.open();
  return {
    goto: async (url) => {
      await command(`${session}/url`, { url: url.replace(server, heard) });
    },
    evaluate: async (expression) =>
      (await command(`${session}/execute/sync`, { script: `return (${expression});`, args: [] })) as never,
    print: async () => {
      const answer = await post(`${session}/print`, { page: { width: 21, height: 29.7 } });
      return answer.error === 'unknown command' ? undefined : Buffer.from(String(value(answer)), 'base64');
    },
    errors: () => listener.errors,
    close: async () => {
      await fetch(session, { method: 'DELETE' }).catch(() => undefined);
      listener.close();
      stop(processes);
    },
  };
}

/** Starts a virtual display with the first free number. */
async function openDisplay(program: string, processes: ChildProcess[]): Promise<string> {
  const display = spawn(program, ['-displayfd', '3', '-screen', '0', '1700x1000x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  processes.push(display);
  const pipe = display.stdio[3] as NodeJS.ReadableStream;
  const [number] = (await Promise.race([
    once(pipe, 'data'),
    once(display, 'exit').then(() => Promise.reject(new Error(`${program} ended at once.`))),
  ])) as [Buffer];
  return `:${number.toString().trim()}`;
}

interface Answer {
  error?: string;
  message?: string;
  value: unknown;
}

async function post(url: string, body: unknown): Promise<Answer> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } };
  return response.ok ? { value } : { value, error: value.error ?? 'unknown', message: value.message ?? '' };
}

function value(answer: Answer): unknown {
  if (answer.error !== undefined) {
    throw new Error(`WebKit's driver says ${answer.error}: ${answer.message}`);
  }
  return answer.value;
}

async function command(url: string, body: unknown): Promise<unknown> {
  return value(await post(url, body));
}
