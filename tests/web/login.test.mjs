// Logging in on the hosted page, as people do it: the way through, and what goes wrong on it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, askForCode, freshAddress, makeVerifier, openVisitor, settings, Shop, Site } from './support/shop.mjs';

let server;
let browser;
let site;
let api;
let shop;

before(async () => {
  [server, browser, site] = await Promise.all([Server.start(settings), openBrowser(), Site.start()]);
  api = await Api.connect(server);
  shop = await Shop.open(api, site);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

/** A test with a visitor of its own, whose page must have done nothing bad at the end. */
function visit(name, options, body) {
  if (typeof options === 'function') [options, body] = [{}, options];
  test(name, async () => {
    const page = await openVisitor(browser, server, site, options);
    await body(page);
    assert.deepEqual(page.badThings(), []);
    await page.context().close();
  });
}

const refusal = (page) => page.getByRole('alert').filter({ hasText: /\S/ });

visit('a code by email leads to the site, whose server learns who it is', async (page) => {
  const address = freshAddress();
  const { verifier, challenge } = makeVerifier();
  await askForCode(page, shop, address, { state: 'sträng&e=1', code_challenge: challenge });
  await page.keyboard.type(await shop.code(address)); // No button: the last digit sends it.

  const url = await arrive(page, site);
  assert.equal(url.searchParams.get('state'), 'sträng&e=1');
  const { user, token } = await shop.exchange(url.searchParams.get('code'), verifier);
  assert.equal(user.email, address);
  assert.equal(token.split('.').length, 3);
});

visit('a wrong code is said so, with the tries that are left, and the right one still works', async (page) => {
  const address = freshAddress();
  await askForCode(page, shop, address);
  await page.keyboard.type(await shop.wrongCode(address));
  await refusal(page).filter({ hasText: '2 tries are left' }).waitFor();
  assert.equal(await page.getByLabel('Code').inputValue(), '');
  assert.ok(await page.getByLabel('Code').evaluate((field) => field === document.activeElement));
  await page.keyboard.type(await shop.code(address));
  await arrive(page, site);
});

visit('after the last try there is a button for a new code, and that one works', async (page) => {
  const address = freshAddress();
  await page.clock.install();
  await askForCode(page, shop, address);
  for (const told of ['2 tries', '1 try', 'last try']) {
    await page.getByLabel('Code').fill(await shop.wrongCode(address));
    await refusal(page).filter({ hasText: told }).waitFor();
  }
  await page.clock.fastForward('00:31');
  await page.getByRole('button', { name: 'Send a new code' }).click();
  await page.getByLabel('Code').waitFor();
  await page.getByLabel('Code').fill(await shop.code(address));
  await arrive(page, site);
});

visit('a code that is too old is said so', async (page) => {
  const address = freshAddress();
  const quick = await Shop.open(api, site, { email: { otp_ttl_seconds: 60 } });
  await askForCode(page, quick, address);
  const late = page.route('**/verify-otp', (route) =>
    route.fulfill({
      status: 410,
      json: { success: false, error: 'The code has expired.', code: 'OTP_EXPIRED', details: {} },
    }),
  );
  await late;
  await page.keyboard.type('000000');
  await refusal(page).filter({ hasText: 'too old' }).waitFor();
  await page.getByRole('button', { name: /new code/ }).waitFor();
});

visit('the code takes what people paste', async (page) => {
  const address = freshAddress();
  await askForCode(page, shop, address);
  const code = await shop.code(address);
  await page.getByLabel('Code').fill(`Your code: ${code.slice(0, 3)} ${code.slice(3)}.`.slice(11));
  await arrive(page, site);
});

visit('sending again waits for the time that the server names, then says what came', async (page) => {
  const address = freshAddress();
  await page.clock.install();
  await askForCode(page, shop, address);
  const again = page.getByRole('button', { name: /Send it again in 0:\d\d/ });
  await again.waitFor();
  assert.equal(await again.getAttribute('aria-disabled'), 'true');
  await again.click({ force: true });
  assert.equal((await shop.inbox(address)).length, 1);
  await page.clock.fastForward('00:31');
  await page.getByRole('button', { name: 'Send it again', exact: true }).click();
  await page.getByText('It is the same code as before').waitFor();
  assert.equal((await shop.inbox(address)).length, 2);
  await page.getByLabel('Code').fill(await shop.code(address));
  await arrive(page, site);
});

visit('another address can be taken, and the first code is dead then', async (page) => {
  const [wrong, right] = [freshAddress(), freshAddress()];
  await askForCode(page, shop, wrong);
  await page.getByRole('button', { name: 'Use another address' }).click();
  assert.equal(await page.getByLabel('Email address').inputValue(), wrong);
  await page.getByLabel('Email address').fill(right);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByText(right).waitFor();
  await page.getByLabel('Code').fill(await shop.code(right));
  await arrive(page, site);
});

visit('what is no address is said before anything is sent', async (page) => {
  await page.goto(shop.loginUrl());
  for (const [typed, told] of [['', 'Type your email'], ['ana', 'whole email'], ['ana@shop', 'whole email']]) {
    await page.getByLabel('Email address').fill(typed);
    await page.getByRole('button', { name: 'Continue' }).click();
    await refusal(page).filter({ hasText: told }).waitFor();
  }
  await page.getByLabel('Email address').fill('ana@[127.0.0.1].example'); // Only the server knows.
  await page.getByRole('button', { name: 'Continue' }).click();
  await refusal(page).filter({ hasText: 'whole email' }).waitFor();
});

visit('a limit is said with the time to wait, and counted down', async (page) => {
  const address = freshAddress();
  await page.clock.install();
  // Five in a minute is what the address may have, whoever asks.
  for (let round = 0; round < 5; ++round) {
    await api.do('POST', '/email/send-otp', { email: address, project_id: shop.project.project_id });
  }
  await page.goto(shop.loginUrl());
  await page.getByLabel('Email address').fill(address);
  await page.getByRole('button', { name: 'Continue' }).click();
  await refusal(page).filter({ hasText: /Too many codes in a short time. Try again in \d+ seconds?|1 minute/ }).waitFor();
  await page.getByRole('button', { name: /Try again in [01]:\d\d/ }).waitFor();
  await page.clock.fastForward('01:01');
  await page.getByRole('button', { name: 'Continue' }).waitFor();
  await refusal(page).waitFor({ state: 'detached' }); // The page clears it once it has drawn the button.
});

visit('somebody who may not log in is told so only where the project wants that', async (page) => {
  const members = await Shop.open(api, site, { flow: { reveal_unknown_users: true } });
  const source = await api.do('POST', `${members.path}/sources`, { name: 'People', kind: 'directory' });
  await api.do('PATCH', `/flows/${members.flow}`, { source_id: source.source_id });
  await page.goto(members.loginUrl());
  await page.getByLabel('Email address').fill(freshAddress());
  await page.getByRole('button', { name: 'Continue' }).click();
  await refusal(page).filter({ hasText: 'Nobody with this address' }).waitFor();

  await api.do('PATCH', `/flows/${members.flow}`, { reveal_unknown_users: false });
  const secret = freshAddress();
  await page.waitForTimeout(2500); // The server's copy of the flow is at most two seconds old.
  await askForCode(page, members, secret);
  assert.equal((await members.inbox(secret)).length, 0);
});

visit('a login that took too long starts again, with the address still there', async (page) => {
  const address = freshAddress();
  await askForCode(page, shop, address);
  await page.route('**/verify-otp', (route) =>
    route.fulfill({
      status: 401,
      headers: { 'WWW-Authenticate': 'Bearer' },
      json: { success: false, error: 'The token has expired.', code: 'TOKEN_EXPIRED', details: {} },
    }),
  );
  await page.keyboard.type('000000');
  await page.getByRole('heading', { name: 'This took too long' }).waitFor();
  await page.unroute('**/verify-otp');
  await page.getByRole('button', { name: 'Start again' }).click();
  assert.equal(await page.getByLabel('Email address').inputValue(), address);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByLabel('Code').waitFor(); // Only now the new code is there.
  await page.getByLabel('Code').fill(await shop.code(address));
  await arrive(page, site);
});

visit('an answer that gets lost is asked for again, and the code counts once', async (page) => {
  const address = freshAddress();
  await askForCode(page, shop, address);
  let lost = 0;
  await page.route('**/verify-otp', async (route) => {
    if (lost++ > 0) return route.continue();
    await route.fetch(); // The server hears it, the page doesn't hear the server.
    return route.abort('connectionreset');
  });
  await page.keyboard.type(await shop.code(address));
  await arrive(page, site);
  assert.equal(lost, 2);
});

visit('without the network the page says so, keeps what was typed, and goes on later', async (page) => {
  const address = freshAddress();
  await askForCode(page, shop, address);
  await page.context().setOffline(true);
  const code = await shop.code(address);
  await page.keyboard.type(code);
  await refusal(page).filter({ hasText: 'No answer from the server' }).waitFor();
  assert.equal(await page.getByLabel('Code').inputValue(), code);
  await page.context().setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await arrive(page, site);
});

visit('people who turn back come to the site with their state, and nobody logged in', async (page) => {
  await page.goto(shop.loginUrl({ state: 's-7' }));
  await page.getByRole('button', { name: /Back to localhost/ }).click();
  const url = await arrive(page, site);
  assert.deepEqual([...url.searchParams], [['error', 'access_denied'], ['state', 's-7']]);
});

visit('a link in the mail finishes the login in its own tab, and the first tab says so', async (page) => {
  const address = freshAddress();
  const linked = await Shop.open(api, site, { email: { magic_link: true } });
  await askForCode(page, linked, address);
  const [message] = await linked.inbox(address);
  const [link] = message.text.match(/http:\/\/127\.0\.0\.1:\d+\/login\/link\/[\w-]+/);
  const tab = await page.context().newPage();
  await tab.goto(link);
  await tab.getByRole('button', { name: 'Log in' }).click();
  await arrive(tab, site);
  await page.bringToFront();
  await page.getByRole('heading', { name: 'You logged in in another tab' }).waitFor();
});

visit('a site that names no good address gets a page that says so and leads nowhere', async (page) => {
  const answer = await page.goto(shop.loginUrl({ redirect_url: 'https://evil.example/' }));
  assert.equal(answer.status(), 400);
  await page.getByRole('heading', { name: 'This link isn’t right' }).waitFor();
  await page.getByText('It came as: https://evil.example/').waitFor(); // Only in test projects.
  assert.equal(await page.getByRole('link').count(), 0);
  assert.equal(await page.getByRole('button').count(), 0);
});

visit('an unknown project, and one whose flow is paused, are said in words', async (page) => {
  assert.equal((await page.goto('/login/nothing-here')).status(), 404);
  await page.getByRole('heading', { name: 'Nothing to log in to here' }).waitFor();
  const paused = await Shop.open(api, site, { flow: { status: 'paused' } });
  assert.equal((await page.goto(paused.loginUrl())).status(), 409);
  await page.getByRole('heading', { name: 'Logging in is switched off' }).waitFor();
});

visit('it speaks the browser’s language, lets people change it, and mails in it', { locale: 'pt-BR' }, async (page) => {
  const address = freshAddress();
  await page.goto(shop.loginUrl());
  await page.getByRole('heading', { name: `Entre em ${shop.project.name}` }).waitFor();
  assert.equal(await page.locator('html').getAttribute('lang'), 'pt');
  await page.getByLabel('Idioma').selectOption('es');
  await page.getByRole('heading', { name: `Entra en ${shop.project.name}` }).waitFor();
  await page.reload();
  await page.getByLabel('Correo electrónico').fill(address);
  await page.getByRole('button', { name: 'Continuar' }).click();
  await page.getByLabel('Código').waitFor();
  const [message] = await shop.inbox(address);
  assert.match(message.text, /código/);
});

visit('one press of many opens one login and sends one code', async (page) => {
  const address = freshAddress();
  const opened = [];
  page.on('request', (request) => request.url().endsWith('/public/logins') && opened.push(request));
  await page.goto(shop.loginUrl());
  await page.getByLabel('Email address').fill(address);
  const button = page.getByRole('button', { name: 'Continue' });
  await button.evaluate((one) => {
    for (let press = 0; press < 5; ++press) one.click();
  });
  await page.getByLabel('Code').waitFor();
  assert.equal(opened.length, 1);
  assert.equal((await shop.inbox(address)).length, 1);
});

test('the server going away in the middle is said, and its return is enough', async () => {
  const own = await Server.start(settings);
  const ownApi = await Api.connect(own);
  const ownShop = await Shop.open(ownApi, site);
  const page = await openVisitor(browser, own, site);
  const address = freshAddress();
  await askForCode(page, ownShop, address);
  const code = await ownShop.code(address);
  await own.halt();
  await page.keyboard.type(code);
  await refusal(page).filter({ hasText: 'No answer from the server' }).waitFor();
  await own.launch();
  await page.getByRole('button', { name: 'Try again' }).click();
  await arrive(page, site);
  assert.deepEqual(page.badThings(), []);
  await page.context().close();
  await own.stop();
});
