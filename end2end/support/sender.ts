// Sends webhooks as YunoJuno does: signed by the official library, with message ids that contain the time of the event.

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Webhook } from 'svix';
import { world } from './world';

export const fixtures = path.join(__dirname, '../../app/domain/fixtures');

/** The epoch of KSUIDs. */
const KSUID_EPOCH_SECONDS = 1_400_000_000;
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const KSUID_LENGTH = 27;

/** Returns a message id as Svix generates it, which contains the second of the event. */
export function messageId(happenedAt: Date): string {
  const bytes = randomBytes(20);
  bytes.writeUInt32BE(Math.floor(happenedAt.getTime() / 1000) - KSUID_EPOCH_SECONDS, 0);
  let rest = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let place = 0; place < KSUID_LENGTH; place += 1) {
    text = BASE62.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return `msg_${text}`;
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
  text: string;
}

export interface Attempt {
  body: string;
  /** The message id; generated for now if not given. */
  id?: string;
  /** The signed timestamp; now if not given. */
  signedAt?: Date;
  /** The names of the signature headers. */
  family?: 'svix' | 'webhook';
  secret?: string;
  /** Overrides the signature header, with a list or a wrong one. */
  signature?: string;
  /** Sent instead of the body that was signed. */
  sentBody?: string;
  /** The base URL of another server than that of the set-up. */
  url?: string;
}

export function sign(id: string, at: Date, body: string, secret = world().secret): string {
  return new Webhook(secret).sign(id, at, body);
}

/** Sends one HTTP request to the default endpoint. */
export async function deliver(attempt: Attempt): Promise<Answer & { id: string }> {
  const at = attempt.signedAt ?? new Date();
  const id = attempt.id ?? messageId(at);
  const family = attempt.family ?? 'svix';
  const response = await fetch(`${attempt.url ?? world().url}/webhooks/yunojuno`, {
    method: 'POST',
    redirect: 'error',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Svix-Webhooks/1.62.0',
      [`${family}-id`]: id,
      [`${family}-timestamp`]: Math.floor(at.getTime() / 1000).toString(),
      [`${family}-signature`]: attempt.signature ?? sign(id, at, attempt.body, attempt.secret),
    },
    body: attempt.sentBody ?? attempt.body,
  });
  const text = await response.text();
  let body: Record<string, unknown> = {};
  try {
    body = JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Left empty: the test that reads it reports the actual response.
  }
  return { id, status: response.status, body, text };
}

/** Returns the exact text of a sample body. */
export function fixture(name: string): string {
  return readFileSync(path.join(fixtures, `${name}.json`), 'utf8');
}

/** Returns a sample body with ids of its own, so that tests do not share a story. */
export function fixtureOf(name: string, story: Story): string {
  return story.rename(fixture(name));
}

/** Gives every subject of the samples a new id, the same one each time. */
export class Story {
  readonly #tail = randomBytes(6).toString('hex');

  /** Returns the new id of a sample's id. */
  id(original: string): string {
    return `${original.slice(0, -this.#tail.length)}${this.#tail}`;
  }

  rename(body: string): string {
    return body.replaceAll(/\b(?:ct|clct|spreq|fp|hp|aprvl)_[a-z0-9]{20,}/g, (id) => this.id(id));
  }
}

/** Returns the id of a body's contract. */
export function contractOf(body: string): string {
  const { data } = JSON.parse(body) as { data: { object: { contract_id: string } } };
  return data.object.contract_id;
}

/** Returns the id of the contractor in a body's contract. */
export function contractorOf(body: string): string {
  const { data } = JSON.parse(body) as { data: { object: { client_contact: { client_contact_id: string } } } };
  return data.object.client_contact.client_contact_id;
}
