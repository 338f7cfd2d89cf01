// The server as a child process, started in an empty folder and stopped by SIGTERM.

import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import type { World } from './world';

const run = promisify(execFile);

const STARTS_WITHIN_MS = 30_000;
/** Time limit of a stop, longer than the server's own for requests in flight. */
const STOPS_WITHIN_MS = 30_000;

export const program = path.resolve(
  process.env['JUNOSCOPE_BIN'] ?? path.join(__dirname, '../../target/debug/junoscope'),
);

/** Removes the developer's own settings from the environment of the server under test. */
function environment(settings: Record<string, string>): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('JUNOSCOPE_') && name !== 'DATABASE_URL',
  );
  return { ...Object.fromEntries(kept), ...settings };
}

export interface Settings {
  folder: string;
  port: number;
  /** One or more, the newest first. */
  secrets: string[];
}

function variables(settings: Settings): Record<string, string> {
  return {
    JUNOSCOPE_LISTEN: `127.0.0.1:${settings.port}`,
    JUNOSCOPE_DATABASE_URL: `sqlite://${settings.folder}/junoscope.db`,
    JUNOSCOPE_WEBHOOK_SECRET: settings.secrets.join(' '),
  };
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') {
          resolve(address.port);
        } else {
          reject(new Error('The system gave no port.'));
        }
      });
    });
  });
}

/** The settings of this run's server, for commands on its database. */
export function settingsOf(world: World): Settings {
  return { folder: world.folder, port: Number(new URL(world.url).port), secrets: [world.secret, world.oldSecret] };
}

/** Runs another command on the same database; returns its output. */
export async function command(settings: Settings, args: string[]): Promise<string> {
  try {
    const { stdout } = await run(program, args, {
      cwd: settings.folder,
      env: environment(variables(settings)),
      maxBuffer: 16 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`junoscope ${args.join(' ')} failed.\n${stdout ?? ''}${stderr ?? String(error)}`);
  }
}

export class Server {
  readonly url: string;
  readonly settings: Settings;
  readonly #process: ChildProcess;
  readonly #ended: Promise<number | null>;
  #printed = '';
  #logged = '';

  constructor(settings: Settings, logFile: string) {
    this.settings = settings;
    this.url = `http://127.0.0.1:${settings.port}`;
    const log = createWriteStream(logFile);
    this.#process = spawn(program, ['serve'], {
      cwd: settings.folder,
      env: environment({ ...variables(settings), RUST_BACKTRACE: '1' }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.on('data', (chunk: Buffer) => {
      this.#printed += chunk.toString();
      log.write(chunk);
    });
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#logged += chunk.toString();
      log.write(chunk);
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => {
        this.#logged += `${program} cannot be started: ${error.message}\n`;
        resolve(null);
      });
      this.#process.once('exit', (code) => resolve(code));
    });
  }

  /** All output of the program so far. */
  get output(): string {
    return this.#printed + this.#logged;
  }

  /** Waits until the server is ready; returns the sign-in link of the first admin. */
  async ready(): Promise<string> {
    let hasEnded = false;
    void this.#ended.then(() => (hasEnded = true));
    const deadline = Date.now() + STARTS_WITHIN_MS;
    for (;;) {
      const link = /^\s*Sign in \(once\)\s+(\S+)/m.exec(this.#printed)?.[1];
      if (link !== undefined && (await this.#isReady())) {
        return link;
      }
      if (hasEnded || Date.now() > deadline) {
        throw new Error(`The server did not become ready. It said:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }

  /** Sends SIGTERM and returns the exit code; throws if the server does not stop, or has panicked. */
  async stop(): Promise<void> {
    this.#process.kill('SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), STOPS_WITHIN_MS);
    });
    const ended = await Promise.race([this.#ended, late]);
    clearTimeout(timer);
    if (ended === 'late') {
      this.#process.kill('SIGKILL');
      throw new Error('The server did not stop after SIGTERM.');
    }
    if (ended !== 0) {
      throw new Error(`The server ended with ${ended ?? 'a signal'} after SIGTERM. It said:\n${this.output.slice(-4000)}`);
    }
    if (/panicked at/.test(this.#logged)) {
      throw new Error(`The server panicked:\n${this.#logged.slice(this.#logged.indexOf('panicked at') - 200).slice(0, 4000)}`);
    }
  }
}
