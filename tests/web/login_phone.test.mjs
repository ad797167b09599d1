// Logging in by phone: the page's side of it. What the server answers is played here, as api.md 5 has it, so that every
// answer of a numbering plan, a provider and a fraud guard can be had.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, openVisitor, settings, Shop, Site } from './support/shop.mjs';

let server;
let browser;
let site;
let api;
let shop;

before(async () => {
  [server, browser, site] = await Promise.all([Server.start(settings), openBrowser(), Site.start()]);
  api = await Api.connect(server);
  shop = await Shop.open(api, site, { methods: ['phone'] });
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

const refusal = (status, code, details = {}) => ({ status, json: { success: false, error: 'x', code, details } });

/** What a send answers; `resend` seconds until the next. */
function sent(channel, resend = 0) {
  return {
    json: {
      success: true, message: 'Code sent',
      data: {
        validation_id: 'val_1', status: 'pending', expires_at: '2030-01-01T00:00:00Z', channel, destination: '+44•••456',
        attempts_remaining: 3, resend_after_seconds: resend, login_id: 'login_1',
      },
    },
  };
}

const complete = () => ({
  json: {
    success: true, message: 'Login complete',
    data: {
      validation_id: 'val_1', status: 'validated', login: { login_id: 'login_1', status: 'complete', remaining_methods: [] },
      redirect_url: `${site.redirectUrl}?code=c0de`,
    },
  },
});

async function visit(answers, options = {}) {
  const page = await openVisitor(browser, server, site, { locale: 'en-GB', viewport: { width: 390, height: 780 }, ...options });
  page.asked = [];
  await page.route('**/v2/access/phone/*', (route) => {
    const name = route.request().url().split('/').at(-1);
    page.asked.push({ name, body: route.request().postDataJSON() });
    return route.fulfill(answers[name].shift());
  });
  await page.goto(shop.loginUrl());
  return page;
}

async function type(page, number) {
  await page.getByLabel('Phone number').fill(number);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a number as people write it at home becomes an international one, and its code logs in', async () => {
  const page = await visit({ 'send-sms': [sent('sms')], 'verify-otp': [complete()] });
  assert.equal(await page.getByLabel('Country').inputValue(), 'GB');
  await type(page, '07400 123456');
  await page.getByRole('heading', { name: 'Look at your phone' }).waitFor();
  await page.getByText('+447400123456').waitFor();
  await page.keyboard.type('123456');
  await arrive(page, site);
  assert.deepEqual(page.asked, [
    { name: 'send-sms', body: { phone: '+447400123456', language: 'en' } },
    { name: 'verify-otp', body: { phone: '+447400123456', otp: '123456', validation_id: 'val_1' } },
  ]);
  assert.deepEqual(page.badThings(), []);
  await page.context().close();
});

for (const [country, typed, number] of [
  ['US', '(415) 555-2671', '+14155552671'],
  ['ES', '600 123 456', '+34600123456'],
  ['IT', '06 6982', '+39066982'], // Italy keeps its zero.
  ['BR', '(11) 96123-4567', '+5511961234567'],
  ['DE', '+34 600 123 456', '+34600123456'], // Who types a plus means it.
  ['AR', '0034 600 123 456', '+34600123456'],
]) {
  test(`${country}: ${typed} is ${number}`, async () => {
    const page = await visit({ 'send-sms': [sent('sms')] });
    await page.getByLabel('Country').selectOption(country);
    await type(page, typed);
    await page.getByText(number).waitFor();
    assert.equal(page.asked[0].body.phone, number);
    await page.context().close();
  });
}

test('the other channel can be had, before and after', async () => {
  const page = await visit({ 'send-whatsapp': [sent('whatsapp')], 'send-sms': [sent('sms')], 'verify-otp': [complete()] });
  await page.getByLabel('WhatsApp').check();
  await type(page, '07400 123456');
  await page.getByRole('heading', { name: 'Look in WhatsApp' }).waitFor();
  await page.getByRole('button', { name: 'Send it as a text message' }).click();
  await page.getByRole('heading', { name: 'Look at your phone' }).waitFor();
  await page.getByLabel('Code').fill('123456');
  await arrive(page, site);
  assert.deepEqual(page.asked.map((one) => one.name), ['send-whatsapp', 'send-sms', 'verify-otp']);
  await page.context().close();
});

test('the code in a text message is taken by itself, where the browser can', async () => {
  const page = await openVisitor(browser, server, site, { locale: 'en-GB' });
  await page.addInitScript(() => {
    window.OTPCredential = class {};
    navigator.credentials.get = async ({ otp }) => {
      await new Promise((done) => setTimeout(done, 300));
      return { code: otp.transport[0] === 'sms' ? '654321' : '' };
    };
  });
  const asked = [];
  await page.route('**/v2/access/phone/*', (route) => {
    asked.push(route.request().postDataJSON());
    return route.fulfill(route.request().url().endsWith('send-sms') ? sent('sms') : complete());
  });
  await page.goto(shop.loginUrl());
  await type(page, '07400 123456');
  await arrive(page, site);
  assert.equal(asked[1].otp, '654321');
  await page.context().close();
});

for (const [answer, told] of [
  [refusal(400, 'INVALID_PHONE'), 'This isn’t a phone number we know'],
  [refusal(403, 'COUNTRY_NOT_ALLOWED', { country: 'GB' }), 'We can’t send codes to this country'],
  [refusal(422, 'LINE_NOT_SUPPORTED'), 'Use a mobile number'],
  [refusal(409, 'NO_PROVIDER'), 'This site can’t send codes this way yet'],
  [refusal(429, 'RATE_LIMITED', { scope: 'phone_sends', retry_after_seconds: 42 }), 'Try again in 42 seconds'],
  [refusal(503, 'SOURCE_UNAVAILABLE', { retry_after_seconds: 30 }), 'can’t look you up right now'],
]) {
  test(`${answer.json.code} is said in words`, async () => {
    const page = await visit({ 'send-sms': [answer] });
    await type(page, '07400 123456');
    await page.getByRole('alert').filter({ hasText: told }).waitFor();
    await page.context().close();
  });
}

test('a blocked country says until when', async () => {
  const until = new Date(Date.now() + 3.5 * 3600_000).toISOString();
  const page = await visit({ 'send-sms': [refusal(403, 'SENDING_BLOCKED', { until })] });
  await type(page, '07400 123456');
  await page.getByRole('alert').filter({ hasText: 'Try again in 4 hours' }).waitFor();
  await page.context().close();
});

test('only countries that codes go to are offered, and all of them in a test project that names none', async () => {
  const page = await visit({});
  assert.ok((await page.getByLabel('Country').locator('option').count()) > 200);
  const few = await Shop.open(api, site, { methods: ['phone'], allowed_countries: ['ES', 'MX', 'AR'] });
  await page.goto(few.loginUrl({ language: 'es' }));
  assert.deepEqual(await page.getByLabel('País').locator('option').allTextContents(), [
    'Argentina (+54)', 'España (+34)', 'México (+52)',
  ]);
  await page.context().close();
});
