// A proxy between browser and server that can drop connections or respond 502, which simulates a lost network and a
// restarting server.

import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { world } from './world';

export class Line {
  readonly #server = createServer((socket) => this.#join(socket));
  readonly #sockets = new Set<Socket>();
  #isCut = false;
  #isAway = false;

  /** Starts on a free port; returns the address to use instead of the server's. */
  async open(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Drops every connection, and every new one. */
  cut(): void {
    this.#isCut = true;
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  /** Drops every connection, and responds to each new one with 502. */
  away(): void {
    this.cut();
    this.#isCut = false;
    this.#isAway = true;
  }

  mend(): void {
    this.#isCut = false;
    this.#isAway = false;
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #join(browser: Socket): void {
    if (this.#isCut) {
      browser.destroy();
      return;
    }
    if (this.#isAway) {
      browser.on('error', () => undefined);
      browser.once('data', () => browser.end('HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'));
      return;
    }
    const { hostname, port } = new URL(world().url);
    const server = connect({ host: hostname, port: Number(port) });
    for (const [one, other] of [
      [browser, server],
      [server, browser],
    ] as const) {
      this.#sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
