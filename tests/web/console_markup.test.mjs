// What receivers, providers, databases and files answer is shown in the console as text, whatever it holds. The answers are
// played, so that each place can be given what no filter of the server has seen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser, openPage } from './support/browser.mjs';
import { becomeOwner, callApi, fillProject } from './support/console.mjs';
import { Server } from './support/server.mjs';

const evil = '<img src=x onerror=window.xss=1><p data-evil>';
const at = '2030-01-01T00:00:00Z';

let server;
let browser;
let page;
let made;

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  page = await openPage(browser, server.url);
  await becomeOwner(page, server);
  made = await fillProject(page);
  const sender = await callApi(page, 'POST', `/projects/${made.id}/senders`, {
    name: 'Relay', kind: 'smtp', settings: { host: 'mail.example.com', from: 'codes@example.com' },
  });
  assert.ok(sender.success, JSON.stringify(sender));
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const press = (name) => () => page.locator('main').getByRole('button', { name, exact: true }).first().click();

/** Answers with this instead of the server. */
const play = (data) => (route) => route.fulfill({ json: { success: true, data, message: 'x' } });
const playList = (...items) => play({ items, next_cursor: null });
/** Changes what the server answers. */
const alter = (change) => async (route) => {
  const response = await route.fetch();
  const json = await response.json();
  change(json.data);
  await route.fulfill({ response, json });
};

const attempt = { number: 1, started_at: at, took_ms: 1, duration_ms: 1, status: 500, reason: evil, headers: {}, answer: evil };
const delivery = {
  delivery_id: 'dlv_1', webhook_id: 'whk_1', project_id: 'prj_1', event_id: 'evt_1', type: 'login.completed', sequence: 1, status: 'failed',
  tries: 1, next_try_at: null, created_at: at, ended_at: at, last_status: 500, last_reason: evil,
};
const refusedMail = { accepted: false, outcome: 'permanent_failure', reason: evil, provider_answer: evil, took_ms: 1, duration_ms: 1, message_id: 'msg_1', destination: evil, sender: evil };
const lookedUp = { status: 'refused', problem: evil, has_answered: true, columns: [evil], rows: [{ [evil]: evil }], user: { user_id: evil, email: evil, phone: null, name: evil, claims: { note: evil } }, took_ms: 1 };

/** By what is shown: the page, the answers by address, what brings them, and how often they must stand there at least. */
const places = {
  'rows of a file that were refused': [
    () => '/imports?import=imp_1',
    {
      '**/imports/imp_1': play({
        import_id: 'imp_1', status: 'failed', dry_run: false, problem: evil, rows: 1, added: 0, changed: 0, removed: 0, refused: 1, bytes: 1,
        bytes_read: 1, refused_rows: [{ line: 1, reason: evil }],
      }),
    },
    null, 2,
  ],
  'a receiver’s answer to an event that was made up': [
    () => `/webhooks/${made.webhookId}`,
    { '**/webhooks/*/test': play({ ...attempt, accepted: false, event_id: 'evt_1', type: 'x' }) },
    press('Send a test'), 2,
  ],
  'a receiver’s answers to deliveries': [
    () => `/webhooks/${made.webhookId}`,
    { '**/deliveries?*': playList(delivery), '**/deliveries/dlv_1': play({ ...delivery, type: evil, body: JSON.stringify({ note: evil }), attempts: [attempt] }) },
    press('Details'), 5,
  ],
  'rows of a source, and what is wrong with it': [
    () => '/setup/source',
    {
      '**/sources?*': alter(({ items }) => items.forEach((source) => Object.assign(source, { kind: 'http', name: evil, settings: { url: 'https://people.example/' }, health: { status: 'down', last_error: evil } }))),
      '**/sources/*/test': play(lookedUp),
    },
    async () => {
      await page.getByRole('textbox', { name: 'Email address', exact: true }).fill('ana@example.com');
      await page.getByRole('button', { name: 'Look up' }).click();
    },
    7,
  ],
  'a provider’s answer to a test': [
    () => '/senders',
    { '**/senders?*': alter(({ items }) => items.forEach((sender) => Object.assign(sender, { health: { status: 'failing', last_error: evil } }))), '**/senders/*/test': play(refusedMail) },
    async () => {
      await press('Send a test')();
      await page.getByRole('dialog').getByRole('button', { name: 'Send a test' }).click();
    },
    3,
  ],
  'a provider’s answers in the timeline of a code': [
    () => `/validations/${made.validationId}`,
    { '**/v2/access/validations/*': alter((data) => (data.timeline = [{ at, type: 'attempt', text: evil, channel: 'email', reason: evil, provider_answer: evil }])) },
    null, 2,
  ],
  'a provider’s answers to a message': [
    () => `/messages/${made.messageId}`,
    { '**/v2/access/messages/*': alter((data) => (data.attempts = [{ ...attempt, sender: evil, outcome: 'permanent_failure', provider_answer: evil }])) },
    null, 3,
  ],
  'what is wrong with a template, and its test': [
    () => '/templates',
    {
      '**/templates/email/en': alter((data) => (data.problem = evil)),
      '**/preview': alter((data) => Object.assign(data, { subject: evil, warnings: [{ field: evil, issue: evil }] })),
      '**/send-test': play(refusedMail),
    },
    press('Send a test'), 5,
  ],
  'numbers that were blocked': [
    () => '/fraud',
    { '**/fraud-blocks?*': playList({ block_id: 'blk_1', project_id: 'prj_1', scope: 'range', key: evil, reason: evil, dry_run: false, status: 'active', began_at: at, until: at, ended_at: null }) },
    null, 1,
  ],
  'events as they happen': [
    () => '/live',
    { '**/v2/access/events?*': playList({ event_id: 'evt_1', type: evil, timestamp: at, data: { channel: evil, destination: evil, reason: evil, user_id: evil } }) },
    null, 4,
  ],
  'consents and faces': [
    () => '/users/shop-17',
    { '**/consents?*': playList({ consent_id: 'con_1', text_version: evil, accepted_at: at, withdrawn_at: null }) },
    null, 1,
  ],
  'what the server says of a refused request': [
    () => '/users',
    { '**/users?*': (route) => route.fulfill({ status: 409, headers: { 'X-Request-Id': evil }, json: { success: false, error: evil, code: 'CONFLICT', details: { fields: [{ field: evil, issue: evil }] } } }) },
    null, 1,
  ],
  'who changed what': [
    () => '/audit',
    { '**/audit?*': playList({ audit_id: 'aud_1', at, actor: evil, actor_kind: 'key', action: evil, target_kind: 'user', target_id: evil, project_id: evil, fields: [evil], client: evil, request_id: evil }) },
    null, 5,
  ],
};

for (const [what, [where, answers, act, times]] of Object.entries(places)) {
  test(`${what}: text`, async () => {
    for (const [address, answer] of Object.entries(answers)) await page.route(address, answer);
    const path = where();
    await page.goto(`/console${path === '/audit' ? path : `/${made.id}${path}`}`);
    await page.locator('main h1').first().waitFor();
    await act?.();
    // A page that is still empty holds no markup either.
    const enough = await page
      .waitForFunction(([text, count]) => document.body.textContent.split(text).length > count, [evil, times])
      .catch(async () => assert.fail(`shown ${(await page.locator('body').textContent()).split(evil).length - 1} times of ${times}`));
    assert.ok(enough);
    assert.equal(await page.locator('img[src="x"], [data-evil]').count(), 0);
    assert.equal(await page.evaluate(() => window.xss), undefined);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
  });
}
