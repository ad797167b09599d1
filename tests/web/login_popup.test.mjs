// accessd.js: a site opens the login page in a window of its own, and nobody else gets its code.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, freshAddress, makeVerifier, openVisitor, settings, Shop, Site } from './support/shop.mjs';

let server;
let browser;
let site;
let other;
let api;
let shop;

before(async () => {
  [server, browser, site, other] = await Promise.all([Server.start(settings), openBrowser(), Site.start(), Site.start()]);
  api = await Api.connect(server);
  shop = await Shop.open(api, site);
});
after(async () => {
  await browser?.close();
  await Promise.all([site?.stop(), other?.stop()]);
  await server?.stop();
});

/** A page of a site with a button that opens the login; `window.outcome` becomes what came of it. */
function pageWithButton(at, wish) {
  at.pages.set(
    '/',
    `<!doctype html><title>Shop</title><button id="open">Log in</button>
     <script src="${server.url}/accessd.js"></script>
     <script>
       document.getElementById('open').onclick = async () => {
         try {
           window.outcome = { ok: await accessd.open(async () => (${JSON.stringify(wish)})) };
         } catch (error) {
           window.outcome = { error: error.code };
         }
       };
     </script>`,
  );
}

async function openPopup(page, at) {
  await page.goto(`${at.url}/`);
  const [popup] = await Promise.all([page.waitForEvent('popup'), page.locator('#open').click()]);
  return popup;
}

async function logIn(popup, address) {
  await popup.getByLabel('Email address').fill(address);
  await popup.keyboard.press('Enter');
  await popup.getByLabel('Code').waitFor();
  await popup.keyboard.type(await shop.code(address));
}

const outcomeOf = async (page) => (await page.waitForFunction(() => window.outcome)).jsonValue();

test('the code comes to the page that opened the window, and never into an address', async () => {
  const { verifier, challenge } = makeVerifier();
  pageWithButton(site, {
    project: shop.project.slug, redirect_url: site.redirectUrl, state: 's1', code_challenge: challenge, language: 'es',
  });
  const page = await openVisitor(browser, server, site);
  const popup = await openPopup(page, site);
  await popup.getByLabel('Correo electrónico').waitFor();
  const urls = [];
  popup.on('request', (request) => urls.push(request.url()));
  const address = freshAddress();
  await popup.getByLabel('Correo electrónico').fill(address);
  await popup.keyboard.press('Enter');
  await popup.getByLabel('Código').waitFor();
  const closed = popup.waitForEvent('close');
  await popup.keyboard.type(await shop.code(address));
  await closed;

  const { ok } = await outcomeOf(page);
  assert.equal(ok.state, 's1');
  assert.equal((await shop.exchange(ok.code, verifier)).user.email, address);
  assert.ok(urls.every((url) => !url.includes(ok.code)));
  assert.equal(site.visits.filter((visit) => visit.url.pathname === '/signed-in').length, 0);
  assert.deepEqual(page.badThings(), []);
  await page.context().close();
});

test('a window that is closed, and a person who turns back, are told apart', async () => {
  pageWithButton(site, { project: shop.project.slug, redirect_url: site.redirectUrl, state: 's2' });
  const page = await openVisitor(browser, server, site);
  await (await openPopup(page, site)).close();
  assert.deepEqual(await outcomeOf(page), { error: 'closed' });
  const popup = await openPopup(page, site);
  await popup.getByRole('button', { name: /Back to/ }).click();
  assert.deepEqual(await outcomeOf(page), { error: 'access_denied' });
  await page.context().close();
});

test('a page of another origin is refused, and gets no code if it asks all the same', async () => {
  pageWithButton(other, { project: shop.project.slug, redirect_url: site.redirectUrl });
  const page = await openVisitor(browser, server, other);
  await page.goto(`${other.url}/`);
  await page.locator('#open').click();
  assert.deepEqual(await outcomeOf(page), { error: 'wrong_origin' });

  // Without our script in the way: the window answers to the redirect_url's origin alone.
  await page.evaluate(() => {
    window.heard = [];
    addEventListener('message', (event) => window.heard.push(event.data));
  });
  const address = `${server.url}${shop.loginUrl({ display: 'popup' })}`;
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate((url) => void (window.child = window.open(url)), address),
  ]);
  await logIn(popup, freshAddress());
  await page.waitForTimeout(1500);
  assert.deepEqual(await page.evaluate(() => window.heard), []);
  await page.context().close();
});

test('a message of another window is no answer', async () => {
  pageWithButton(site, { project: shop.project.slug, redirect_url: site.redirectUrl, state: 's3' });
  const page = await openVisitor(browser, server, site);
  const popup = await openPopup(page, site);
  await popup.getByLabel('Email address').waitFor();
  await page.evaluate(() => window.postMessage({ source: 'accessd', code: 'forged', state: 's3' }, '*'));
  await page.waitForTimeout(300);
  assert.equal(await page.evaluate(() => window.outcome), undefined);
  const address = freshAddress();
  await logIn(popup, address);
  const { ok } = await outcomeOf(page);
  assert.notEqual(ok.code, 'forged');
  await page.context().close();
});

test('where windows are blocked, the page is gone to instead', async () => {
  pageWithButton(site, { project: shop.project.slug, redirect_url: site.redirectUrl, state: 's4' });
  const page = await openVisitor(browser, server, site);
  await page.addInitScript(() => {
    if (location.hostname === 'localhost') window.open = () => null;
  });
  await page.goto(`${site.url}/`);
  await page.locator('#open').click();
  await page.getByLabel('Email address').waitFor();
  await logIn(page, freshAddress());
  const url = await arrive(page, site);
  assert.equal(url.searchParams.get('state'), 's4');
  await page.context().close();
});

test('without an opener, the popup’s page is an ordinary one', async () => {
  const page = await openVisitor(browser, server, site);
  await page.goto(shop.loginUrl({ display: 'popup', state: 's5' }));
  await logIn(page, freshAddress());
  assert.equal((await arrive(page, site)).searchParams.get('state'), 's5');
  await page.context().close();
});
