// An authenticator app in the console: added, asked for at sign-in and before what can't be taken back.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import path from 'node:path';

import { openBrowser, openPage, screenshot } from './support/browser.mjs';
import { becomeOwner, owner } from './support/console.mjs';
import { Server } from './support/server.mjs';

const STEP_MS = 30_000;

let server;
let browser;
let page;
let secret;
let codes;
let lastStep = 0;

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  page = await openPage(browser, server.url);
  await becomeOwner(page, server);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

function bytesOf(base32) {
  let bits = '';
  for (const letter of base32) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** RFC 6238, by another implementation than the server's. No step's code is good twice, so each call takes a later one. */
async function nextOtp() {
  // The step that is now: the one before, which the server takes too, may be too old by the time that it is typed.
  lastStep = Math.max(lastStep + 1, Math.floor(Date.now() / STEP_MS));
  while (lastStep > Math.floor(Date.now() / STEP_MS) + 1) await new Promise((resolve) => setTimeout(resolve, 500));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(lastStep));
  const digest = createHmac('sha1', bytesOf(secret)).update(counter).digest();
  const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

/** Lets a quarter of an hour go by since factors were shown. */
async function age() {
  await server.halt();
  const program = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as d: d.execute('UPDATE console_sessions SET factor_at = factor_at - 960000')";
  const done = spawnSync('/usr/bin/python3', ['-c', program, path.join(server.folder, 'data/accessd.db')], { encoding: 'utf8' });
  assert.equal(done.status, 0, done.stderr);
  await server.launch();
}

test('the app is added with a picture to scan, and shows what to keep', async () => {
  await page.goto('/console/account');
  await page.getByRole('button', { name: 'Add an app' }).click();
  await page.getByRole('img', { name: 'QR code for the authenticator app' }).waitFor();
  secret = (await page.getByText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/).textContent()).replaceAll(' ', '');
  await screenshot(page, 'console-factor-add');
  await page.getByLabel('Code of the app').fill('000000');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText("That isn't the code").waitFor();
  await page.getByLabel('Code of the app').fill(await nextOtp());
  await page.getByRole('button', { name: 'Confirm' }).click();
  const shown = page.getByRole('region', { name: 'Recovery codes' });
  await shown.waitFor();
  await screenshot(page, 'console-factor-codes');
  codes = (await shown.textContent()).trim().split('\n');
  assert.equal(codes.length, 10);
  await page.getByRole('button', { name: 'I have kept them' }).click();
  await page.getByText('Recovery codes left: 10').waitFor();
  assert.deepEqual(page.faults, []);
});

test('signing in asks for it, and nothing is shown before', async () => {
  const { url } = JSON.parse(server.run('admin', 'link', '--email', owner, '--json'));
  const other = await openPage(browser, server.url);
  await other.goto(url);
  await other.getByRole('button', { name: 'Sign in' }).click();
  await other.getByLabel('Code of the app').waitFor();
  assert.equal(await other.getByRole('navigation').count(), 0);
  await screenshot(other, 'console-factor-sign-in');
  await other.getByLabel('Code of the app').fill('000000');
  await other.getByRole('button', { name: 'Confirm' }).click();
  await other.getByRole('alert').waitFor();
  await other.getByRole('button', { name: /recovery code/ }).click();
  await other.getByLabel('Recovery code').fill(codes[0].toLowerCase());
  await other.getByRole('button', { name: 'Confirm' }).click();
  await other.getByRole('heading', { name: 'Projects' }).waitFor();
  assert.deepEqual(other.faults, []);
  await other.context().close();
});

test('a key asks again when the factor is old, and is made as soon as it was shown', async () => {
  await age();
  await page.goto('/console/keys');
  await page.getByRole('button', { name: 'New key' }).first().click();
  const form = page.getByRole('dialog').filter({ hasText: 'Name' });
  await form.getByLabel('Name').fill('Back end');
  await form.getByRole('button', { name: /Create|Make/ }).click();
  const question = page.getByRole('dialog', { name: 'Is it still you?' });
  await question.waitFor();
  await screenshot(page, 'console-factor-again');
  await question.getByLabel('Code of the app').fill(await nextOtp());
  await question.getByRole('button', { name: 'Confirm' }).click();
  await page.getByText(/sk_[A-Za-z0-9_-]{43}/).first().waitFor();
  assert.deepEqual(page.faults, []);
});

test('who closes the question gets no key', async () => {
  await age();
  await page.goto('/console/keys');
  await page.getByRole('button', { name: 'New key' }).first().click();
  const form = page.getByRole('dialog').filter({ hasText: 'Name' });
  await form.getByLabel('Name').fill('Never made');
  await form.getByRole('button', { name: /Create|Make/ }).click();
  const question = page.getByRole('dialog', { name: 'Is it still you?' });
  await question.waitFor();
  await question.getByRole('button', { name: 'Close' }).click();
  await question.waitFor({ state: 'detached' });
  await page.goto('/console/keys');
  await page.getByText('Back end').first().waitFor();
  assert.equal(await page.getByText('Never made').count(), 0);
});
