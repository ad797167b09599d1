// What every page of ours has: its files from memory, headers that browsers obey, nothing from elsewhere.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser, openPage } from './support/browser.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const pages = ['/console', '/console/projects', '/console/prj_1/users', '/console/prj_1/users/usr_1', '/login/shop'];

/** Scripts and styles that a page names. */
const assetsOf = (html) => [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1]);

for (const path of pages) {
  test(`${path} draws itself, without faults`, async () => {
    const page = await openPage(browser, server.url);
    await page.goto(path);
    // The console's first child is a style, which is never to be seen.
    await page.locator('#root > :not(style)').first().waitFor();
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });

  test(`${path} has a strict policy, new with each answer`, async () => {
    const [first, second] = await Promise.all([fetch(server.url + path), fetch(server.url + path)]);
    const policy = first.headers.get('content-security-policy');
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /script-src 'self'( 'wasm-unsafe-eval')?;/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(first.headers.get('x-frame-options'), 'DENY');
    assert.equal(first.headers.get('cache-control'), 'no-store');
    assert.equal(first.headers.get('referrer-policy'), 'no-referrer');
    if (path.startsWith('/console')) assert.notEqual(policy, second.headers.get('content-security-policy'));
    assert.ok(!(await first.text()).includes('{style_nonce}'));
  });
}

test('assets are kept for ever, compressed, and only those that exist', async () => {
  for (const path of ['/console', '/login/shop']) {
    const html = await (await fetch(server.url + path)).text();
    const assets = assetsOf(html);
    assert.ok(assets.length > 0);
    for (const asset of assets) {
      const answer = await fetch(server.url + asset, { headers: { 'Accept-Encoding': 'br, gzip' } });
      assert.equal(answer.status, 200, asset);
      assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      if (asset.endsWith('.js')) assert.equal(answer.headers.get('content-encoding'), 'br');
      const plain = await fetch(server.url + asset, { headers: { 'Accept-Encoding': 'identity' } });
      assert.equal(plain.headers.get('content-encoding'), null);
      assert.equal(await plain.text(), await answer.text());
    }
  }
  for (const path of ['/console/assets/none.js', '/console/assets/..%2findex.html', '/login/assets/%2e%2e']) {
    assert.ok([400, 404].includes((await fetch(server.url + path)).status), path);
  }
});

test("another site can't put a page of ours into a frame", async () => {
  const page = await openPage(browser, server.url);
  const other = server.url.replace('127.0.0.1', 'localhost');
  await page.route(`${other}/evil`, (route) =>
    route.fulfill({ contentType: 'text/html', body: `<iframe src="${server.url}/console"></iframe>` }),
  );
  await page.goto(`${other}/evil`);
  await page.waitForTimeout(500);
  const inside = page.frames().find((frame) => frame !== page.mainFrame());
  assert.equal(await inside.locator('#root').count(), 0);
  assert.match(inside.url(), /^chrome-error:/);
  await page.context().close();
});
