// Step 4 of the set-up with a service of the customer's own: somebody looked up by each contact, what came beside what it is read
// as, a login by it, and what is said on both sides while the service is down.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { openBrowser, openPage } from './support/browser.mjs';
import { becomeOwner } from './support/console.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, askForCode, openVisitor, settings, Shop, Site } from './support/shop.mjs';

const ana = { id: 'crm-42', email: 'Ana@Example.com', phone: '+34 600 000 001', name: 'Ana Souza', api_token: 'not-to-be-seen' };

/** Knows one person, by whatever is asked for. */
class Service {
  static async start() {
    const service = new Service();
    service.isDown = false;
    service.server = createServer((request, response) => {
      const { searchParams } = new URL(request.url, 'http://127.0.0.1');
      const asked = [...searchParams.values()].filter(Boolean);
      const isAna = asked.some((one) => ['ana@example.com', '+34600000001', 'crm-42'].includes(one));
      response.writeHead(service.isDown ? 503 : isAna ? 200 : 404, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(isAna && !service.isDown ? ana : {}));
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => service.server.once('listening', resolve));
    service.url = `http://127.0.0.1:${service.server.address().port}/people?email={email}&phone={phone}&id={user_id}`;
    return service;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

let service;
let server;
let browser;
let site;
let shop;
let page;

before(async () => {
  service = await Service.start();
  [server, browser, site] = await Promise.all([
    Server.start({ ...settings, outbound: ['allow = ["127.0.0.1"]'] }), openBrowser(), Site.start(),
  ]);
  shop = await Shop.open(await Api.connect(server), site, { name: 'Corner Shop' });
  page = await openPage(browser, server.url);
  await becomeOwner(page, server);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
  service?.stop();
});

/** Looks somebody up, and returns what is said of it. */
async function lookUp(by, field, text) {
  await page.getByRole('radiogroup', { name: 'Look up by' }).getByText(by, { exact: true }).click();
  await page.getByRole('textbox', { name: field, exact: true }).fill(text);
  await Promise.all([page.waitForResponse('**/sources/*/test'), page.getByRole('button', { name: 'Look up' }).click()]);
  const said = page.getByRole('status').filter({ hasText: / ms/ });
  await said.waitFor();
  return said.innerText();
}

test('a service of one’s own is connected, and keeps its place', async () => {
  await page.goto(`/console/${shop.project.project_id}/setup/source`);
  await page.getByText('Your own service', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Address', exact: true }).fill(service.url);
  await page.getByRole('textbox', { name: 'Seconds to remember' }).fill('0');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();
  await page.reload();
  await page.getByRole('textbox', { name: 'Address', exact: true }).waitFor();
  assert.equal(await page.getByRole('textbox', { name: 'Address', exact: true }).inputValue(), service.url);
});

for (const [by, field, text, other] of [
  ['Email', 'Email address', 'ana@example.com', 'nobody@example.com'], ['Phone', 'Phone number', '+34 600 000 001', '+34600000009'],
  ['Id', 'User id', 'crm-42', 'nobody'],
]) {
  test(`somebody is looked up by ${field.toLowerCase()}: what came, and what it is read as`, async () => {
    const said = await lookUp(by, field, text);
    assert.match(said, /may log in/i);
    const [came, readAs] = await page.locator('[role=status] pre').allTextContents();
    assert.equal(JSON.parse(came)[0].email, ana.email);
    assert.equal(JSON.parse(came)[0].api_token, '***');
    assert.deepEqual(JSON.parse(readAs), { user_id: ana.id, email: 'ana@example.com', phone: '+34600000001', name: ana.name, claims: {} });
    assert.match(await lookUp(by, field, other), /not found/i);
  });
}

test('while it is down the console says why, the login page says to wait, and both go on afterwards', async () => {
  service.isDown = true;
  assert.match(await lookUp('Email', 'Email address', 'ana@example.com'), /503/);
  const visitor = await openVisitor(browser, server, site);
  await visitor.goto(shop.loginUrl());
  await visitor.getByLabel('Email address').fill('ana@example.com');
  await visitor.keyboard.press('Enter');
  await visitor.getByRole('alert').filter({ hasText: 'The site can’t look you up right now' }).waitFor();

  service.isDown = false;
  assert.match(await lookUp('Email', 'Email address', 'ana@example.com'), /may log in/i);
  await askForCode(visitor, shop, 'ana@example.com');
  await visitor.keyboard.type(await shop.code('ana@example.com'));
  const code = (await arrive(visitor, site)).searchParams.get('code');
  assert.equal((await shop.exchange(code)).user.user_id, ana.id);
  assert.deepEqual(visitor.badThings(), []);
  assert.deepEqual(page.faults, []);
  await visitor.context().close();
});
