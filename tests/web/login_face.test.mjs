// Logging in by face: the page's side of it, with a real camera film and the real detector in the browser. What the
// server says of the pictures is played here, as api.md 6 has it, so that every answer can be had.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';

import { screenshot } from './support/browser.mjs';
import { filmPerson, openBrowserWithCamera } from './support/fake_camera.mjs';
import { Server } from './support/server.mjs';
import { Api, arrive, freshAddress, openVisitor, settings, Shop, Site } from './support/shop.mjs';

const LOOK_MS_MAX = 90_000; // The detector runs without a graphics processor here, on machines that do more.

let server;
let browser;
let site;
let api;
let folder;
let either;
let both;

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'accessd-face-'));
  const film = path.join(folder, 'person.mjpeg');
  await filmPerson(film);
  [server, browser, site] = await Promise.all([Server.start(settings), openBrowserWithCamera(film), Site.start()]);
  api = await Api.connect(server);
  either = await Shop.open(api, site, { methods: ['email', 'biometric'], name: 'Corner Shop' });
  both = await Shop.open(api, site, { methods: ['email', 'biometric'], policy: 'all', name: 'Corner Shop' });
});
after(async () => {
  await browser?.close();
  await site?.stop();
  await server?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const success = (data, status = 200) => ({ status, json: { success: true, data, message: 'x' } });
const refusal = (status, code, details = {}) => ({ status, json: { success: false, error: 'x', code, details } });

const challenge = { prompts: ['turn_left', 'look_up', 'blink'], frames_min: 3, frames_max: 12, expires_at: '2030-01-01T00:00:00Z' };
const started = success({
  validation_id: 'val_1', login_id: 'login_1', status: 'pending', expires_at: '2030-01-01T00:00:00Z', attempts_remaining: 5,
  remaining: ['face', 'liveness'], challenge, token: 'x.y.z', token_type: 'Bearer', expires_in: 240,
}, 201);
const matched = success({ validation_id: 'val_1', status: 'pending', remaining: ['liveness'], matched: true });
const complete = () =>
  success({
    validation_id: 'val_1', status: 'validated', remaining: [], live: true, assurance: 'active',
    login: { login_id: 'login_1', status: 'complete', remaining_methods: [] },
    redirect_url: `${site.redirectUrl}?code=c0de&state=s1`,
  });

/** Plays the server's part: for each route, its answers in turn. Returns what it was asked, in order. */
async function play(page, answers) {
  const asked = [];
  await page.route('**/v2/access/biometric/*', (route) => {
    const name = route.request().url().split('/').at(-1);
    asked.push({ name, body: route.request().postDataJSON(), headers: route.request().headers() });
    const answer = answers[name]?.shift();
    return answer ? route.fulfill(answer) : route.abort();
  });
  return asked;
}

async function visitor(options = {}) {
  const page = await openVisitor(browser, server, site, { viewport: { width: 390, height: 780 }, ...options });
  page.on('console', (line) => line.type() === 'error' && console.log(line.text()));
  page.setDefaultTimeout(LOOK_MS_MAX);
  await page.addInitScript(() => {
    window.opened = 0;
    window.streams = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
      window.opened += 1;
      if (window.cameraProblem) throw new DOMException('no', window.cameraProblem);
      const stream = await open(wish);
      window.streams.push(stream);
      return stream;
    };
  });
  return page;
}

async function toConsent(page, shop = either) {
  await page.goto(shop.loginUrl({ state: 's1' }));
  await page.getByRole('button', { name: 'Face', exact: true }).click();
  await page.getByRole('heading', { name: 'Before we look at your face' }).waitFor();
}

async function agree(page, address) {
  if (address) await page.getByLabel('Email address').fill(address);
  await page.getByRole('button', { name: 'I agree' }).click();
}

/** Takes the detector away: the page asks for each picture then, which takes a tenth of the time here. */
const withoutDetector = (page) => page.route('**/tiny_face_detector_model-*', (route) => route.abort());

async function takePictures(page, count) {
  for (let taken = 0; taken < count; taken += 1) {
    await page.getByRole('button', { name: 'Take the picture' }).click();
    await page.waitForTimeout(400); // The camera goes on.
  }
}

const isJpeg = (text) => /^data:image\/jpeg;base64,\/9j\/[\w+/]{1000,}={0,2}$/.test(text);

test('what happens with the face is said first, and who says no goes on by email', async () => {
  const page = await visitor();
  const asked = await play(page, {});
  await toConsent(page);
  await page.getByText('they aren’t kept').waitFor();
  await screenshot(page, 'login/face-1-consent');
  assert.equal(await page.evaluate(() => window.opened), 0);
  await page.getByRole('button', { name: 'No, another way' }).click();
  await page.getByLabel('Email address').waitFor();
  assert.equal(await page.evaluate(() => window.opened), 0);
  assert.deepEqual(asked, []);
  await page.context().close();
});

for (const [name, told] of [
  ['NotAllowedError', 'The camera isn’t allowed'], ['NotFoundError', 'No camera'], ['NotReadableError', 'The camera is in use'],
]) {
  test(`a camera that answers ${name} is explained, and there is another way`, async () => {
    const page = await visitor();
    await play(page, {});
    await page.addInitScript((problem) => (window.cameraProblem = problem), name);
    await toConsent(page);
    await agree(page, freshAddress());
    await page.getByRole('heading', { name: told }).waitFor();
    if (name === 'NotAllowedError') await screenshot(page, 'login/face-2-refused');
    await page.getByRole('button', { name: 'Log in another way' }).click();
    await page.getByLabel('Email address').waitFor();
    await page.context().close();
  });
}

test('one picture is enough where the project says so', async () => {
  const page = await visitor();
  const address = freshAddress();
  const asked = await play(page, { start: [started], 'verify-face': [matched], 'liveness-check': [complete()] });
  await toConsent(page);
  await agree(page, address);
  await page.locator('.viewer.good').waitFor();
  await screenshot(page, 'login/face-3-hold');
  assert.equal((await arrive(page, site)).searchParams.get('code'), 'c0de');

  assert.deepEqual(asked.map((one) => one.name), ['start', 'verify-face', 'liveness-check']);
  assert.deepEqual(asked[0].body, { email: address });
  assert.ok(isJpeg(asked[1].body.face_image) && asked[1].body.validation_id === 'val_1');
  assert.equal(asked[2].body.face_image, asked[1].body.face_image);
  for (const one of asked) assert.match(one.headers.authorization, /^Bearer ey/);
  assert.deepEqual(page.badThings(), []);
  await page.context().close();
});

test('where more is wanted, the movements are asked for one by one and shown in their order', async () => {
  const page = await visitor();
  const asked = await play(page, {
    start: [started],
    'verify-face': [matched],
    'liveness-check': [refusal(409, 'CHALLENGE_REQUIRED', { prompts: ['turn_right', 'look_down', 'blink'] }), complete()],
  });
  await toConsent(page);
  await agree(page, freshAddress());
  await page.getByText('Turn your head to your right').waitFor();
  await page.getByText('Movement 1 of 3').waitFor();
  await screenshot(page, 'login/face-4-movement');
  await page.getByText('Look down').waitFor();
  await page.getByText('Close your eyes for a moment').waitFor();
  await arrive(page, site);
  const { frames } = asked.at(-1).body;
  assert.equal(frames.length, 7);
  assert.ok(frames.every(isJpeg));
  await page.context().close();
});

test('a refused picture is explained in words, and the next one is another', async () => {
  const page = await visitor();
  await withoutDetector(page);
  const asked = await play(page, {
    start: [started, started, started],
    'verify-face': [
      refusal(422, 'FACE_REJECTED', { reason: 'too_dark' }),
      refusal(403, 'FACE_NOT_MATCHED', { attempts_remaining: 3 }),
      refusal(403, 'FACE_NOT_MATCHED', { attempts_remaining: 0 }),
    ],
  });
  await toConsent(page);
  await agree(page, freshAddress());
  await takePictures(page, 1);
  await page.getByText('It is too dark').waitFor();
  await screenshot(page, 'login/face-5-too-dark');
  // Between two looks the camera is off.
  assert.ok(await page.evaluate(() => window.streams.every((stream) => stream.getTracks().every((track) => track.readyState === 'ended'))));
  await page.getByRole('button', { name: 'Try again' }).click();
  await takePictures(page, 1);
  await page.getByText('3 tries are left').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await takePictures(page, 1);
  await page.getByText('We couldn’t recognise you.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Try again' }).count(), 0);
  await page.getByRole('button', { name: 'Log in another way' }).waitFor();
  const pictures = asked.filter((one) => one.name === 'verify-face').map((one) => one.body.face_image);
  assert.equal(pictures.length, 3);
  await page.context().close();
});

test('who has no face here yet sets it up, after another method, with consent of their own', async () => {
  const page = await visitor();
  const address = freshAddress();
  const asked = await play(page, {
    start: [started],
    'verify-face': [refusal(404, 'FACE_NOT_REGISTERED'), matched],
    'register-face': [started],
    'liveness-check': [complete()],
  });
  await page.goto(both.loginUrl({ state: 's1' }));
  await page.getByLabel('Email address').fill(address);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
  await page.keyboard.type(await both.code(address));
  await page.getByText('Step 2 of 2').waitFor();
  assert.equal(await page.getByLabel('Email address').count(), 0);
  await agree(page);
  await page.getByRole('heading', { name: 'Set up your face' }).waitFor();
  await agree(page);
  await arrive(page, site);

  assert.deepEqual(asked.map((one) => one.name), ['start', 'verify-face', 'register-face', 'verify-face', 'liveness-check']);
  assert.deepEqual(asked[0].body, {});
  const { face_images: pictures, consent } = asked[2].body;
  assert.equal(pictures.length, 3);
  assert.ok(pictures.every(isJpeg));
  assert.equal(consent.text_version, 'accessd-1');
  assert.ok(Math.abs(Date.parse(consent.accepted_at) - Date.now()) < 5 * 60_000);
  assert.ok(!pictures.includes(asked[3].body.face_image), 'a picture that enrolled is never the one that is looked at');
  await page.context().close();
});

test('a browser that can’t find faces asks the person when', async () => {
  const page = await visitor();
  await withoutDetector(page);
  const asked = await play(page, {
    start: [started],
    'verify-face': [matched],
    'liveness-check': [refusal(409, 'CHALLENGE_REQUIRED', { prompts: ['turn_left', 'look_up', 'blink'] }), complete()],
  });
  await toConsent(page);
  await agree(page, freshAddress());
  await takePictures(page, 5);
  await arrive(page, site);
  assert.equal(asked.at(-1).body.frames.length, 7);
  await page.context().close();
});

test('leaving closes the camera', async () => {
  const page = await visitor();
  await play(page, { start: [started] });
  await toConsent(page);
  await agree(page, freshAddress());
  await page.waitForFunction(() => window.streams.length === 1);
  await page.getByRole('button', { name: 'Log in another way' }).click();
  await page.getByLabel('Email address').waitFor();
  await page.waitForFunction(() => window.streams[0].getTracks().every((track) => track.readyState === 'ended'));
  await page.context().close();
});

// After a login that is complete.

const enrolledLate = success({ validation_id: 'val_1', status: 'validated', remaining: [], live: true });

async function openOffer(page, shop, address) {
  await page.goto(shop.loginUrl({ state: 's1' }));
  await page.getByLabel('Email address').fill(address);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
  await page.keyboard.type(await shop.code(address));
}

test('a face is offered after a login by code, consent first, and "Not now" is respected', async () => {
  const shop = await Shop.open(api, site, {
    methods: ['email', 'biometric'], name: 'Corner Shop', flow: { suggest_face_enrolment: true },
  });
  const page = await visitor();
  const asked = await play(page, {});
  await openOffer(page, shop, freshAddress());
  await page.getByRole('heading', { name: 'Set up your face' }).waitFor();
  await page.getByRole('heading', { name: 'Before we look at your face' }).waitFor();
  await screenshot(page, 'login/face-6-offer');
  assert.equal(await page.evaluate(() => window.opened), 0);
  await page.getByRole('button', { name: 'Not now' }).click();
  const code = (await arrive(page, site)).searchParams.get('code');
  assert.equal((await shop.exchange(code)).login.status, 'complete');

  await openOffer(page, shop, freshAddress());
  await arrive(page, site);
  assert.deepEqual(asked, []);
  await page.context().close();
});

test('who agrees sets it up for the next time, and comes to the site with a code that is good', async () => {
  const shop = await Shop.open(api, site, {
    methods: ['email', 'biometric'], name: 'Corner Shop', flow: { suggest_face_enrolment: true },
  });
  const page = await visitor();
  await withoutDetector(page);
  const asked = await play(page, { 'register-face': [started], 'verify-face': [matched], 'liveness-check': [enrolledLate] });
  await openOffer(page, shop, freshAddress());
  await page.getByRole('heading', { name: 'Set up your face' }).waitFor();
  await agree(page);
  await takePictures(page, 4);
  const code = (await arrive(page, site)).searchParams.get('code');
  assert.equal((await shop.exchange(code)).login.status, 'complete');
  assert.deepEqual(asked.map((one) => one.name), ['register-face', 'verify-face', 'liveness-check']);
  assert.equal(asked[0].body.consent.text_version, 'accessd-1');
  await page.context().close();
});

test('nobody is offered a face where the project doesn’t say so', async () => {
  const page = await visitor();
  await openOffer(page, either, freshAddress());
  await arrive(page, site);
  await page.context().close();
});

test('consent is withdrawn by one button, once it is known who it is', async () => {
  const page = await visitor();
  const address = freshAddress();
  await page.goto(either.loginUrl());
  await page.getByRole('button', { name: 'Delete my face data' }).click();
  await page.getByText('Log in once more').waitFor();
  await screenshot(page, 'login/face-7-withdraw');
  await page.getByLabel('Email address').fill(address);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
  const [request] = await Promise.all([
    page.waitForRequest('**/biometric/withdraw-consent'),
    page.keyboard.type(await either.code(address)),
  ]);
  assert.equal((await (await request.response()).json()).data.faces_destroyed, 0);
  await page.getByRole('heading', { name: 'Your face data is deleted' }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  const code = (await arrive(page, site)).searchParams.get('code');
  assert.equal((await either.exchange(code)).login.status, 'complete');
  await page.context().close();
});
