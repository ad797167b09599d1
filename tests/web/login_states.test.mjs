// Every state of the hosted login page in three languages, both themes, on a phone and a desk: nothing wider than the
// screen, nothing that stayed untranslated, no mistakes that axe finds; and pictures for people to look at.
//
// ACCESSD_EVERY_PICTURE=1 takes all twelve pictures of a state; otherwise there are English ones, and each language is looked at in
// one theme on each device, so that all are seen and minutes are saved.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axeSource, isEveryPicture, openBrowser, screenshot } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { Api, freshAddress, openVisitor, settings, Shop, Site } from './support/shop.mjs';

const devices = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };
const languages = { en: 'en-GB', es: 'es-MX', pt: 'pt-BR' };

let server;
let browser;
let site;
let api;
let axe;
const seen = new Map(); // By text: the language and state that had it. None has that of another.

before(async () => {
  axe = await readFile(axeSource, 'utf8');
  [server, browser, site] = await Promise.all([Server.start(settings), openBrowser(), Site.start()]);
  api = await Api.connect(server);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

const refusal = (status, code, details = {}, headers = {}) => ({
  status, headers, json: { success: false, error: 'x', code, details },
});

/** What a person reads, but for the project's name and the list of languages. */
const readText = (page) =>
  page.evaluate(() => {
    const shown = document.body.cloneNode(true);
    for (const one of shown.querySelectorAll('select, script, style, noscript')) one.remove();
    // A test project's page names fields of the API to developers.
    return shown.textContent.replaceAll(/\s+/g, ' ').replaceAll(/redirect_urls?|code_challenge/g, '').trim();
  });

/** Looks at a state in its themes and on its devices. */
async function look(page, language, state) {
  // Addresses and times are no words.
  const text = (await readText(page)).replaceAll(/ana-\w+@example\.com|localhost:\d+|\d+:\d\d/g, '');
  assert.doesNotMatch(text, /\b[a-z]+(?:_[a-z]+)+\b|\{[a-z_]+\}|undefined|\[object|NaN/, `${state} in ${language} shows a key: ${text}`);
  assert.ok(!seen.has(text), `${state} in ${language} says the same as ${seen.get(text)}: ${text}`);
  seen.set(text, `${state} in ${language}`);
  for (const [device, viewport] of Object.entries(devices)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of isEveryPicture ? ['light', 'dark'] : [(language === 'es') === (device === 'phone') ? 'dark' : 'light']) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      const name = `${state}-${language}-${colorScheme}-${device}`;
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      assert.ok(excess <= 0, `${name} is ${excess} px too wide`);
      // What axe finds depends on colours more than on width or words: English has the light ones, Spanish the dark.
      if (isEveryPicture || (device === 'phone' && language !== 'pt')) assert.deepEqual(await judge(page), [], name);
      if (isEveryPicture || language === 'en') await screenshot(page, `login-states/${name}`);
    }
  }
}

async function judge(page) {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }),
  );
  return violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

const fields = { email: 'input[name=email]', code: 'input[name=one-time-code]' };
const refused = (page) => page.locator('[role=alert]').filter({ hasText: /\S/ }).first();

/** Answers the next calls of a route with a refusal, looks, and lets the server answer again. */
async function lookRefused(page, language, state, route, answer, act) {
  await page.route(route, (call) => (answer ? call.fulfill(answer) : call.abort()));
  await act();
  await refused(page).waitFor();
  await page.waitForTimeout(150);
  await look(page, language, state);
  await page.unroute(route);
}

for (const [language, locale] of Object.entries(languages)) {
  const visitor = async () => openVisitor(browser, server, site, { viewport: devices.phone, locale, hasTouch: true });
  const done = async (page) => {
    assert.deepEqual(page.badThings().filter((fault) => !/ERR_FAILED/.test(fault)), []);
    await page.context().close();
  };

  test(`${language}: asking for a code, and every way that it is refused`, async () => {
    const shop = await Shop.open(api, site, {
      methods: ['email', 'phone'], allowed_countries: ['*'], name: 'Aseguradora del Norte',
      privacy_url: 'https://shop.example/privacy', terms_url: 'https://shop.example/terms',
    });
    const page = await visitor();
    await page.goto(shop.loginUrl());
    await page.locator(fields.email).waitFor();
    await look(page, language, '01-email');
    const ask = async (text) => {
      await page.locator(fields.email).fill(text);
      await page.keyboard.press('Enter');
    };
    await ask('ana');
    await refused(page).waitFor();
    await look(page, language, '02-mistake');
    const send = '**/v2/access/email/send-otp';
    for (const [state, answer] of [
      ['03-wait', refusal(429, 'RATE_LIMITED', { scope: 'contact_hour', retry_after_seconds: 754 }, { 'Retry-After': '754' })],
      ['04-network', refusal(429, 'RATE_LIMITED', { scope: 'client_sends_hour' }, { 'Retry-After': '3000' })],
      ['05-locked', refusal(423, 'LOCKED', { unlock: ['link'] })],
      ['06-source-down', refusal(503, 'SOURCE_UNAVAILABLE')],
      ['07-not-allowed', refusal(403, 'USER_NOT_ALLOWED')],
      ['08-no-provider', refusal(503, 'NO_PROVIDER')],
      ['09-busy', refusal(503, 'BUSY')],
      ['10-offline', null],
    ]) {
      await page.reload(); // A wait that was told is kept by the page.
      await page.locator(fields.email).waitFor();
      await lookRefused(page, language, state, send, answer, () => ask(freshAddress()));
    }
    await page.locator('.tabs button').nth(1).click();
    await page.locator('input[type=tel]').waitFor();
    await look(page, language, '11-phone');
    await page.locator('input[type=tel]').fill('12');
    await page.keyboard.press('Enter');
    await refused(page).waitFor();
    await look(page, language, '12-phone-mistake');
    await done(page);
  });

  test(`${language}: giving a code back, and every way that it is refused`, async () => {
    const shop = await Shop.open(api, site, { methods: ['email', 'phone'], policy: 'all', name: 'Aseguradora del Norte' });
    const page = await visitor();
    const begin = async () => {
      const address = freshAddress();
      await page.goto(shop.loginUrl());
      await page.locator(fields.email).fill(address);
      await page.keyboard.press('Enter');
      await page.locator(fields.code).waitFor();
      return address;
    };
    const address = await begin();
    await page.locator('summary').first().click();
    await look(page, language, '20-code');
    const give = (code) => page.locator(fields.code).fill(code);
    const wrong = await shop.wrongCode(address);
    await give(wrong);
    await refused(page).waitFor();
    await look(page, language, '21-wrong-code');
    const verify = '**/v2/access/email/verify-otp';
    for (const [state, answer] of [
      ['22-locked', refusal(423, 'LOCKED', { unlock: ['link'] })],
      ['23-wait', refusal(429, 'RATE_LIMITED', { scope: 'failures_wait' }, { 'Retry-After': '30' })],
      ['24-expired', refusal(410, 'OTP_EXPIRED')],
      ['25-used-up', refusal(403, 'ATTEMPTS_EXHAUSTED', { attempts_remaining: 0 })],
    ]) {
      await begin();
      await lookRefused(page, language, state, verify, answer, () => give(wrong));
    }
    const last = await begin();
    await give(await shop.code(last));
    await page.locator('.progress').filter({ hasText: '2' }).waitFor();
    await page.locator('input[type=tel]').waitFor();
    await look(page, language, '26-second-step');
    await done(page);
  });

  test(`${language}: the end, links, and addresses that lead nowhere`, async () => {
    const shop = await Shop.open(api, site, { name: 'Aseguradora del Norte', email: { magic_link: true } });
    const page = await visitor();
    await page.route(`${site.url}/**`, (route) => route.fulfill({ status: 204 })); // No content: the last page stays.
    const address = freshAddress();
    const begin = async () => {
      await page.goto(shop.loginUrl());
      await page.locator(fields.email).fill(address);
      await page.keyboard.press('Enter');
      await page.locator(fields.code).waitFor();
    };
    await begin();
    await page.locator(fields.code).fill(await shop.code(address));
    await page.locator(fields.code).waitFor({ state: 'detached' });
    await look(page, language, '30-done');

    await begin();
    const [message] = await shop.inbox(address);
    const [link] = JSON.stringify(message).match(/http:\/\/127\.0\.0\.1:\d+\/login\/link\/[\w-]+/);
    const landing = await page.context().newPage();
    await landing.goto(link);
    await landing.getByRole('button').first().waitFor();
    await look(landing, language, '31-link');
    await landing.goto(`${link.slice(0, -6)}xxxxxx`);
    await landing.getByRole('heading').first().waitFor();
    await look(landing, language, '32-link-unknown');
    await landing.close();

    await page.goto(shop.loginUrl({ redirect_url: 'https://evil.example/' }));
    await page.getByRole('heading').first().waitFor();
    await look(page, language, '33-wrong-address');
    await page.goto('/login/nobody-here');
    await page.getByRole('heading').first().waitFor();
    await look(page, language, '34-not-found');
    await api.do('PATCH', `/flows/${shop.flow}`, { status: 'draft' });
    await page.goto(shop.loginUrl());
    await page.getByRole('heading').first().waitFor();
    await look(page, language, '35-switched-off');
    await page.context().close();
  });
}
