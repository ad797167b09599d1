// Signing in to the console by a code, as an admin does on any other day than the first.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser, openPage } from './support/browser.mjs';
import { becomeOwner, owner } from './support/console.mjs';
import { Relay, codeIn } from './support/relay.mjs';
import { Server } from './support/server.mjs';

let relay;
let server;
let browser;

before(async () => {
  relay = await Relay.start();
  server = await Server.start(relay.settings);
  browser = await openBrowser();
  const page = await openPage(browser, server.url);
  await becomeOwner(page, server);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.context().close();
});
after(async () => {
  await browser?.close();
  await server?.stop();
  relay?.stop();
});

async function ask(page, email) {
  await page.goto('/console');
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Send code' }).click();
  await page.getByText(`If ${email} belongs to an admin`).waitFor();
}

async function enter(page, code) {
  await page.getByLabel('Digit 1').click();
  await page.keyboard.type(code);
}

test('a code in a mail signs in, after a wrong one was refused', async () => {
  const page = await openPage(browser, server.url);
  await ask(page, owner);
  const code = codeIn(await relay.mailTo(owner));
  await enter(page, String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  await page.getByText("That isn't the code.").waitFor();
  await enter(page, code);
  await page.getByText('Make your first project').waitFor();
  assert.deepEqual(page.faults, []);
  await page.context().close();
});

test('code, session and its token come to lie in no address, no referrer, no log and no store of scripts', async () => {
  const page = await openPage(browser, server.url);
  const requests = [];
  page.on('request', (request) => requests.push(request));
  const seen = relay.mails.length;
  await ask(page, owner);
  const code = codeIn(await relay.mailTo(owner, seen));
  await enter(page, code);
  await page.getByText('Make your first project').waitFor();
  const cookies = await page.context().cookies();
  const { csrf, stored } = await page.evaluate(async () => ({
    csrf: (await (await fetch('/v2/access/console/session')).json()).data.csrf_token,
    stored: JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, document.cookie, await indexedDB.databases(), await caches.keys(), history.state, window.name, location.href,
    ]),
  }));
  assert.ok(cookies.length > 0 && cookies.every(({ httpOnly, sameSite }) => httpOnly && sameSite !== 'None'));
  const secrets = { code, csrf, ...Object.fromEntries(cookies.map(({ name, value }) => [name, value])) };
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(secret.length >= 6, name);
    assert.ok(!stored.includes(secret), `${name} in ${stored}`);
    // Digits may stand in a time by chance.
    assert.ok(!server.log.includes(name === 'code' ? `"${secret}"` : secret), `${name} in the log`);
    for (const request of requests) assert.ok(!request.url().includes(secret), `${name} in ${request.url()}`);
  }
  // Chromium itself asks for the icon, and tells our own server the page.
  for (const request of requests) {
    const { referer = '' } = await request.allHeaders();
    assert.ok(['', `${server.url}/console`].includes(referer), `${request.url()} tells ${referer}`);
  }
  await page.context().close();
});

test('a pasted code is taken', async () => {
  const page = await openPage(browser, server.url, { permissions: ['clipboard-read', 'clipboard-write'] });
  const seen = relay.mails.length;
  await ask(page, owner);
  const code = codeIn(await relay.mailTo(owner, seen));
  await page.evaluate((text) => navigator.clipboard.writeText(text), code);
  await page.getByLabel('Digit 1').click();
  await page.keyboard.press('ControlOrMeta+v');
  await page.getByText('Make your first project').waitFor();
  await page.context().close();
});

test('a stranger sees the same page, and gets no mail', async () => {
  const page = await openPage(browser, server.url);
  const seen = relay.mails.length;
  await ask(page, 'stranger@example.com');
  await enter(page, '000000');
  await page.getByText("That isn't the code.").waitFor();
  assert.equal(relay.mails.length, seen);
  await page.context().close();
});

test('where no mail can leave, the page says to use a link', async () => {
  const other = await Server.start();
  const page = await openPage(browser, other.url);
  await page.goto('/console');
  await page.getByLabel('Email address').fill(owner);
  await page.getByRole('button', { name: 'Send code' }).click();
  await page.getByText("This server can't send mail yet. Use a link.").waitFor();
  await page.context().close();
  await other.stop();
});
