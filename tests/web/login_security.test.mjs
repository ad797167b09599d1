// Attacks on the hosted login page: markup in what projects store, frames, other sites' windows, and places
// where a code or a token must never come to lie.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, askForCode, freshAddress, openVisitor, settings, Shop, Site } from './support/shop.mjs';

let server;
let browser;
let site;
let api;

before(async () => {
  [server, browser, site] = await Promise.all([Server.start(settings), openBrowser(), Site.start()]);
  api = await Api.connect(server);
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
});

const hostile = [
  '<script>window.hacked=1</script>',
  '</script><script>window.hacked=1</script>',
  '"><img src=x onerror=window.hacked=1>',
  '<svg onload=window.hacked=1>',
  "javascript:window.hacked=1//",
  '{{constructor.constructor("window.hacked=1")()}}',
  '<!--<script>',
  '\u202e<b>tpircs</b>',
];

for (const name of hostile) {
  test(`a project called ${JSON.stringify(name)} is text`, async () => {
    const shop = await Shop.open(api, site, { name, methods: ['email'] });
    const page = await openVisitor(browser, server, site);
    await page.goto(shop.loginUrl());
    await page.getByRole('heading', { name: shop.project.name }).waitFor();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator('main :is(script, img, svg, b, iframe)').count(), 0);
    assert.equal(await page.title(), `Log in to ${shop.project.name}`);
    assert.deepEqual(page.badThings(), []);
    await page.context().close();
  });
}

test('what a project may store as links and pictures can run nothing', async () => {
  const bad = ['javascript:window.hacked=1', 'data:text/html,<script>1</script>', 'vbscript:x', '//evil.example/x', 'https://'];
  for (const url of bad) {
    for (const body of [{ privacy_url: url }, { terms_url: url }, { branding: { logo_url: url } }, { branding: { image_url: url } }]) {
      const answer = await api.send('POST', '/projects', { name: 'Bad', ...body });
      assert.equal(answer.code, 'INVALID_REQUEST', `${JSON.stringify(body)} was taken`);
    }
  }
  for (const color of ['red;background:url(//evil.example)', 'url(x)', '#12345g', 'expression(1)']) {
    const answer = await api.send('POST', '/projects', { name: 'Bad', branding: { primary_color: color } });
    assert.equal(answer.code, 'INVALID_REQUEST', `${color} was taken`);
  }
});

test('pictures come from the project’s hosts alone, and are told no referrer', async () => {
  const seen = [];
  const logo = 'https://cdn.shop.example/logo.svg?a="><script>window.hacked=1</script>'.replaceAll(/[<>" ]/g, encodeURIComponent);
  const shop = await Shop.open(api, site, { branding: { logo_url: logo, image_url: 'https://cdn.shop.example/hall.jpg' } });
  const page = await openVisitor(browser, server, site);
  await page.route('https://cdn.shop.example/**', (route) => {
    seen.push(route.request().headers());
    return route.fulfill({
      contentType: 'image/svg+xml',
      body: '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><script>top.hacked=1</script><rect width="90" height="30"/></svg>',
    });
  });
  await page.goto(shop.loginUrl());
  await page.locator('.logo').waitFor();
  assert.equal(await page.evaluate(() => window.hacked), undefined);
  assert.ok(seen.length >= 1);
  for (const headers of seen) assert.equal(headers.referer, undefined);
  // Another host's picture is refused by the policy, whatever a hole in the page might ask for.
  const isLoaded = await page.evaluate(
    () =>
      new Promise((done) => {
        const picture = new Image();
        picture.onload = () => done(true);
        picture.onerror = () => done(false);
        picture.src = 'https://evil.example/pixel.png';
      }),
  );
  assert.equal(isLoaded, false);
  assert.ok(page.faults.some((fault) => /Content Security Policy|violates/.test(fault)));
  await page.context().close();
});

test('scripts that get into the page by some hole don’t run', async () => {
  const shop = await Shop.open(api, site);
  const page = await openVisitor(browser, server, site);
  await page.goto(shop.loginUrl());
  await page.getByRole('heading').waitFor();
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    script.textContent = 'window.hacked = 1';
    document.body.append(script);
    const place = document.createElement('div');
    place.innerHTML = '<img src="data:," onerror="window.hacked = 2">';
    document.body.append(place);
    await new Promise((done) => setTimeout(done, 200));
    return window.hacked;
  });
  assert.equal(ran, undefined);
  await page.context().close();
});

test('another site can’t put the page into a frame', async () => {
  const shop = await Shop.open(api, site);
  site.pages.set('/frame', `<iframe src="${server.url}${shop.loginUrl().replaceAll('&', '&amp;')}" width="500" height="500"></iframe>`);
  const page = await openVisitor(browser, server, site);
  site.pages.set('/control', `<iframe src="${site.url}/inner"></iframe>`);
  site.pages.set('/inner', '<input>');
  const framed = async (path) => {
    await page.goto(`${site.url}${path}`, { waitUntil: 'load' });
    return page.frames().find((one) => one !== page.mainFrame());
  };
  // The same with a page that lets itself be framed: the test would see it.
  await (await framed('/control')).locator('input').waitFor();
  const asked = page.waitForResponse((answer) => answer.url().startsWith(`${server.url}/login/`));
  const frame = await framed('/frame');
  assert.equal((await asked).status(), 200);
  await page.waitForTimeout(800);
  assert.equal(await frame.locator('input').count(), 0);
  assert.match(frame.url(), /^chrome-error:/);
  await page.context().close();
});

const elsewhere = [
  'https://evil.example/',
  '//evil.example/',
  'javascript:alert(1)',
  'data:text/html,hi',
  'https:evil.example',
  '/\\evil.example',
  '/%09/evil.example',
  'https://localhost@evil.example/signed-in',
];

test('no address but those on the list is ever gone to', async () => {
  const shop = await Shop.open(api, site);
  const page = await openVisitor(browser, server, site);
  const variants = [
    ...elsewhere,
    `${site.redirectUrl}/..`,
    `${site.redirectUrl}?next=https://evil.example`,
    `${site.redirectUrl}#`,
    `${site.redirectUrl}\u0009`,
    `${site.redirectUrl}@evil.example`,
    site.redirectUrl.replace('localhost', 'LOCALHOST'),
    site.redirectUrl.replace('localhost', 'localhost.'),
  ];
  for (const url of variants) {
    await page.goto(shop.loginUrl({ redirect_url: url }));
    await page.getByRole('heading', { name: 'This link isn’t right' }).waitFor();
    assert.equal(await page.locator('main a, main form, main button').count(), 0, url);
  }
  assert.deepEqual(page.badThings().filter((fault) => !fault.includes('favicon')), []);
  await page.context().close();
});

test('an address that leaves the list while somebody types is not gone to', async () => {
  const shop = await Shop.open(api, site);
  const page = await openVisitor(browser, server, site);
  const address = freshAddress();
  await askForCode(page, shop, address);
  // The list changes while the person types: what left it leads nowhere.
  await api.do('PATCH', `/flows/${shop.flow}`, { redirect_urls: ['https://other.example/in'] });
  await page.waitForTimeout(2500);
  await page.keyboard.type(await shop.code(address));
  await page.getByRole('alert').filter({ hasText: /\S/ }).waitFor();
  assert.ok(page.url().startsWith(server.url));
  await page.context().close();
});

test('no code and no token comes to lie in an address, a header of another site, a log or a store', async () => {
  const shop = await Shop.open(api, site);
  const page = await openVisitor(browser, server, site);
  const requests = [];
  let token = '';
  page.on('request', (request) => requests.push(request));
  page.on('response', async (response) => {
    if (response.url().endsWith('/public/logins')) token = (await response.json()).data.login_token;
  });
  const address = freshAddress();
  await askForCode(page, shop, address, { state: 'a-state' });
  const otp = await shop.code(address);

  const kept = await page.evaluate(async () => ({
    local: JSON.stringify(localStorage),
    session: JSON.stringify(sessionStorage),
    cookies: document.cookie,
    databases: JSON.stringify(await indexedDB.databases()),
    caches: JSON.stringify(await caches.keys()),
    history: JSON.stringify(history.state),
    address: location.href,
    name: window.name,
  }));
  assert.ok(token.length > 100);
  assert.deepEqual(kept, {
    local: '{}', session: '{}', cookies: '', databases: '[]', caches: '[]', history: 'null', address: kept.address, name: '',
  });
  assert.deepEqual(await page.context().cookies(), []);

  await page.keyboard.type(otp);
  const url = await arrive(page, site);
  const code = url.searchParams.get('code');
  for (const request of requests) {
    const isOurs = request.url().startsWith(server.url);
    const head = JSON.stringify(await request.allHeaders());
    assert.ok(!request.url().includes(otp) && !request.url().includes(token), request.url());
    assert.ok(!request.url().includes(encodeURIComponent(address)), request.url());
    if (isOurs) assert.ok(!request.url().includes(code), request.url());
    else assert.ok(!head.includes(token) && !head.includes(otp), request.url());
    assert.equal((await request.allHeaders()).referer, undefined, request.url());
  }
  const visit = site.visits.findLast((one) => one.url.pathname === '/signed-in');
  assert.equal(visit.headers.referer, undefined);
  for (const secret of [token, code, address]) assert.ok(!server.log.includes(secret), 'the log tells a secret');
  assert.ok(!server.log.includes(`"${otp}"`));
  // The page that went away isn't in the history: "back" doesn't find it.
  await shop.exchange(code);
  assert.equal((await api.send('POST', '/tokens/exchange', { code, redirect_url: site.redirectUrl })).code, 'INVALID_CODE');
  await page.context().close();
});

test('a code is worth nothing to somebody who saw the address but lacks the verifier', async () => {
  const shop = await Shop.open(api, site);
  const page = await openVisitor(browser, server, site);
  const address = freshAddress();
  await askForCode(page, shop, address, { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM' });
  await page.keyboard.type(await shop.code(address));
  const code = (await arrive(page, site)).searchParams.get('code');
  const stolen = await api.send('POST', '/tokens/exchange', { code, redirect_url: site.redirectUrl });
  assert.equal(stolen.code, 'INVALID_CODE');
  await page.context().close();
});
