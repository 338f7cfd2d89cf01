// Helpers that add people and sign them in.

import type { Page } from '@playwright/test';
import { command, settingsOf } from './server';
import { password, world } from './world';

/** Runs `junoscope user add`; returns the one-time link it prints. */
export async function addPerson(email: string, name: string, role: 'admin' | 'hirer'): Promise<string> {
  const printed = await command(settingsOf(world()), ['user', 'add', email, '--name', name, '--role', role]);
  const link = /https?:\/\/\S+\/welcome\/\S+/.exec(printed)?.[0];
  if (link === undefined) {
    throw new Error(`junoscope user add printed no link:\n${printed}`);
  }
  return link;
}

/** Sets a password on the page of a one-time link. */
export async function setPassword(page: Page): Promise<void> {
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set password and sign in' }).click();
}

/** Signs in on the sign-in page. */
export async function signIn(page: Page, email: string, given = password): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(given);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
