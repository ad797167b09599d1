// examples/node-site, started as its README says, used by a person.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { openBrowser, openPage } from './support/browser.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const example = path.join(root, 'examples/node-site');

let browser;
let site;
let url;

async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** What `npm start` does before it starts anything: the example's own compiler, types and all. */
function compile() {
  const tsc = path.join(example, 'node_modules/typescript/bin/tsc');
  if (!existsSync(tsc)) throw new Error('the packages of examples/node-site are missing: run scripts/setup --for test');
  const done = spawnSync(process.execPath, [tsc], { cwd: example, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`the example has mistakes in its types:\n${done.stdout}`);
}

before(async () => {
  compile();
  const port = await freePort();
  url = `http://localhost:${port}`;
  site = spawn(process.execPath, ['dist/start.js'], {
    cwd: example,
    env: { ...process.env, ACCESSD_BIN: path.resolve(process.env.ACCESSD_BIN), PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    site.stdout.on('data', (text) => String(text).includes('The site:') && resolve());
    site.once('exit', (status) => reject(new Error(`the example ended with ${status}`)));
  });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  if (site?.exitCode !== null) return;
  const ended = new Promise((resolve) => site.once('exit', resolve));
  site.kill('SIGTERM');
  await ended;
});

async function typeCode(page) {
  await page.getByLabel('Email address').fill('user@example.com');
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
  await page.keyboard.type('123456');
}

async function visit() {
  const page = await openPage(browser, url, { locale: 'en-US' });
  await page.goto('/');
  return page;
}

test('by redirect: in, known, and out again', async () => {
  const page = await visit();
  await page.getByRole('link', { name: 'Log in' }).click();
  await typeCode(page);
  await page.getByRole('heading', { name: 'Hello, user@example.com' }).waitFor();
  const [cookie] = await page.context().cookies(url);
  assert.ok(cookie.httpOnly && cookie.sameSite === 'Lax');
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('heading', { name: 'The example shop' }).waitFor();
  await page.context().close();
});

test('in a window: the page stays, and is logged in', async () => {
  const page = await visit();
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.getByRole('button', { name: 'Log in, in a window' }).click(),
  ]);
  await typeCode(popup);
  await page.getByRole('heading', { name: 'Hello, user@example.com' }).waitFor();
  await page.context().close();
});

test('somebody else’s answer logs nobody in', async () => {
  const [thief, victim] = [await visit(), await visit()];
  // The thief finishes a login and lures the victim to its end.
  await thief.route('**/signed-in?*', (route) => route.fulfill({ body: 'kept' }));
  await thief.getByRole('link', { name: 'Log in' }).click();
  await typeCode(thief);
  await thief.waitForURL('**/signed-in?*');
  await victim.goto(thief.url());
  await victim.getByText('That did not work').waitFor();
  assert.equal(await victim.getByText('Hello').count(), 0);
  for (const page of [thief, victim]) await page.context().close();
});

test('requests of other sites’ pages are refused', async () => {
  for (const where of ['/login/begin', '/signed-in', '/logout']) {
    const answer = await fetch(url + where, { method: 'POST', headers: { Origin: 'https://evil.example' }, body: '{}' });
    assert.equal(answer.status, 403, where);
  }
});

test('people who turn back are home again', async () => {
  const page = await visit();
  await page.getByRole('link', { name: 'Log in' }).click();
  await page.getByRole('button', { name: /Back to/ }).click();
  await page.getByRole('heading', { name: 'The example shop' }).waitFor();
  await page.context().close();
});
