// A separate server for a test that would disturb others.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestInfo } from '@playwright/test';
import { Server, freePort } from './server';
import type { Guard } from './test';

/** Runs `act` with an empty server with one signing secret, and stops it afterwards. */
export async function withOwnServer(
  info: TestInfo,
  guard: Guard,
  act: (server: Server, secret: string) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'junoscope-own-'));
  const secret = `whsec_${randomBytes(24).toString('base64')}`;
  const server = new Server({ folder, port: await freePort(), secrets: [secret] }, info.outputPath('server.log'));
  try {
    guard.home(server.url);
    await act(server, secret);
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
