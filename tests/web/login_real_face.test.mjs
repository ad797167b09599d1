// Logging in by face for real: the page, a camera that sees a person, the real models on the server. Nothing is played.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { openBrowserWithCamera } from './support/fake_camera.mjs';
import { filmStraight, renderHead } from './support/heads.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, freshAddress, openVisitor, settings, Shop, Site } from './support/shop.mjs';

const LOOK_MS_MAX = 240_000; // The detector runs without a graphics processor here, on machines that do more.

let server;
let site;
let api;
let folder;
let frames;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'accessd-heads-'));
  const render = async (...who) => [who.join('-'), await renderHead(folder, ...who)];
  // One after the other: each starts the models.
  frames = Object.fromEntries([await render('ana', 1), await render('ana', 2)]);
  [server, site] = await Promise.all([Server.start(settings), Site.start()]);
  api = await Api.connect(server);
});
after(async () => {
  await site?.stop();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A project whose people may come by code or by face, and are offered to set one up. */
const openShop = (biometric) =>
  Shop.open(api, site, {
    methods: ['email', 'biometric'], name: 'Corner Shop', biometric, flow: { suggest_face_enrolment: true },
  });

async function visitor(browser) {
  const page = await openVisitor(browser, server, site, { viewport: { width: 390, height: 780 } });
  page.setDefaultTimeout(LOOK_MS_MAX);
  // What was answered, for a test that fails.
  page.answers = [];
  page.on('response', async (answer) => {
    if (!/\/biometric\//.test(answer.url())) return;
    const { code, data, details } = await answer.json().catch(() => ({}));
    page.answers.push({ path: new URL(answer.url()).pathname.split('/').at(-1), status: answer.status(), code, details, data });
  });
  return page;
}

/** Comes by a code, agrees to set a face up, and ends at the site. */
async function setUpFace(page, shop, address) {
  await page.goto(shop.loginUrl({ state: 's1' }));
  await page.getByLabel('Email address').fill(address);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
  await page.keyboard.type(await shop.code(address));
  await page.getByRole('heading', { name: 'Set up your face' }).waitFor();
  await page.getByRole('button', { name: 'I agree' }).click();
}

async function comeByFace(page, shop, address) {
  await page.goto(shop.loginUrl({ state: 's1' }));
  await page.getByRole('button', { name: 'Face', exact: true }).click();
  await page.getByLabel('Email address').fill(address);
  await page.getByRole('button', { name: 'I agree' }).click();
}

/** What the site gets for the code that the page came with, and what the server tells of it. */
async function signedIn(page, shop) {
  const { searchParams } = await arrive(page, site);
  assert.equal(searchParams.get('state'), 's1');
  const done = await shop.exchange(searchParams.get('code'));
  return { ...done, claims: await api.do('POST', '/tokens/introspect', { token: done.token }) };
}

const told = (page) => JSON.stringify(page.answers.map(({ path, status, code, details }) => [path, status, code, details]));

/** A browser whose camera shows somebody, from their film. */
async function withCamera(film, run, count) {
  const file = path.join(folder, `${film}.mjpeg`);
  await filmStraight(frames[film], file, count);
  const browser = await openBrowserWithCamera(file);
  try {
    await run(await visitor(browser));
  } finally {
    await browser.close();
  }
}

test('one picture: a face is set up after a code, and lets its person in the next time', async () => {
  const shop = await openShop({ min_assurance: 'low' });
  const address = freshAddress();
  let user;

  await withCamera('ana-1', async (page) => {
    await setUpFace(page, shop, address);
    const done = await signedIn(page, shop).catch((error) => assert.fail(`${error}\n${told(page)}`));
    user = done.user.user_id;
    assert.deepEqual(done.claims.amr, ['otp']);
    assert.deepEqual(page.badThings(), []);
  });
  const { items } = await api.do('GET', `${shop.path}/users/${user}/faces`);
  assert.deepEqual(items.map(({ status, pictures }) => [status, pictures]), [['active', 3]]);

  await withCamera('ana-2', async (page) => {
    await comeByFace(page, shop, address);
    const done = await signedIn(page, shop).catch((error) => assert.fail(`${error}\n${told(page)}`));
    assert.equal(done.user.user_id, user);
    assert.deepEqual(done.claims.amr, ['face']);
  });
});
