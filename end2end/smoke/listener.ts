// A proxy that injects a script to collect script errors, which WebKit's driver does not report.

import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The path to which pages post errors. */
const PATH = '/smoke-errors';

/** Runs before every other script of a page, under the page's own security policy. */
const SCRIPT = `
  const tell = (what) => fetch('${PATH}', { method: 'POST', body: location.pathname + ': ' + what, keepalive: true });
  addEventListener('error', (event) => tell(event.message || 'a file could not be loaded: ' + (event.target.src || event.target.href)), true);
  addEventListener('unhandledrejection', (event) => tell(String(event.reason)));
  const say = console.error;
  console.error = (...all) => { say(...all); tell(all.join(' ')); };
`;

export class Listener {
  readonly errors: string[] = [];
  readonly #target: string;
  readonly #server = createServer((asked, answer) => this.#pass(asked, answer));

  constructor(target: string) {
    this.#target = target;
  }

  /** Returns the address to use instead of the server's. */
  async open(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #pass(asked: IncomingMessage, answer: ServerResponse): void {
    if (asked.url === PATH) {
      void text(asked).then((error) => {
        this.errors.push(error);
        answer.end();
      });
      return;
    }
    // The page is modified, so it must not be compressed.
    const { ...headers } = asked.headers;
    delete headers['accept-encoding'];
    const forwarded = request(this.#target + asked.url, { method: asked.method, headers }, (from) => {
      void this.#answer(from, answer);
    });
    forwarded.on('error', () => answer.destroy());
    answer.on('close', () => forwarded.destroy());
    asked.pipe(forwarded);
  }

  async #answer(from: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { ...headers } = from.headers;
    delete headers['content-length'];
    const nonce = /'nonce-([^']+)'/.exec(String(headers['content-security-policy']))?.[1];
    if (!(headers['content-type'] ?? '').startsWith('text/html') || nonce === undefined) {
      answer.writeHead(from.statusCode ?? 502, from.headers);
      from.pipe(answer);
      return;
    }
    const page = await text(from);
    answer.writeHead(from.statusCode ?? 502, headers);
    answer.end(page.replace('<head>', `<head><script nonce="${nonce}">{${SCRIPT}}</script>`));
  }
}

async function text(from: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of from) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}
