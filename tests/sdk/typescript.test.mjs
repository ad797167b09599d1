// sdk/typescript against the real server.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Server } from '../web/support/server.mjs';
import { FaultyProxy, refusal } from './support/faulty_proxy.mjs';
import { loadSdk, root } from './support/sdk.mjs';

const { Accessd, AccessdError, HostedLoginError, NoAnswerError, WebhookError, verifyWebhook } = await loadSdk();

let server;
let proxy;
let key;
let accessd;

before(async () => {
  server = await Server.start({
    biometrics: ['enabled = false'],
    limits: ['client_logins_per_hour = 0', 'client_sends_per_hour = 0'],
    outbound: ['allow = ["127.0.0.0/8"]'],
  });
  proxy = await FaultyProxy.start(server.url);
  key = JSON.parse(
    server.run('key', 'create', '--name', 'sdk', '--all-projects', '--scope', 'access manage read', '--json'),
  );
  accessd = client();
});
after(async () => {
  await proxy?.stop();
  await server?.stop();
});

function client(options = {}) {
  return new Accessd({ url: server.url, clientId: key.client_id, clientSecret: key.client_secret, ...options });
}

/** A client whose requests go through the proxy, and which has its token already. */
async function proxied(options = {}) {
  const made = client({ url: proxy.url, ...options });
  await made.projects.list().page();
  proxy.seen.length = 0;
  return made;
}

function newProject(fields = {}) {
  return accessd.projects.create({ name: `Shop ${randomBytes(3).toString('hex')}`, ...fields });
}

const freshAddress = () => `ana-${randomBytes(5).toString('hex')}@example.com`;

/** The refusal that a call ends in. */
async function refusalOf(promise) {
  const error = await promise.then(
    (answer) => assert.fail(`no refusal, but ${JSON.stringify(answer)}`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof AccessdError, String(error?.stack ?? error));
  return error;
}

describe('logging in', () => {
  test('a code by email leads to a token that introspection knows', async () => {
    const { project_id } = await newProject();
    const email = freshAddress();

    const sent = await accessd.email.sendOtp({ project_id, email });
    const [message] = await accessd.projects.inbox(project_id, { destination: email }).all();
    const done = await accessd.email.verifyOtp({ email, otp: message.otp, validation_id: sent.validation_id });

    assert.equal(sent.status, 'pending');
    assert.equal(done.login.status, 'complete');
    assert.equal(done.user.email, email);
    const seen = await accessd.tokens.introspect(done.token);
    assert.equal(seen.active, true);
    assert.equal(seen.sub, done.user.user_id);
    await accessd.tokens.revoke(done.token);
    assert.equal((await accessd.tokens.introspect(done.token)).active, false);
    const timeline = await accessd.validations.get(sent.validation_id);
    assert.equal(timeline.status, 'validated');
  });

  test('a code by SMS, too', async () => {
    const { project_id, default_flow_id } = await newProject({ allowed_countries: ['*'] });
    await accessd.flows.setMethod(default_flow_id, 'phone', { enabled: true, channels: ['sms', 'whatsapp'] });
    await accessd.flows.change(default_flow_id, { policy: { any: ['email', 'phone'] } });
    const phone = '+34600123456';

    const sent = await accessd.phone.sendSms({ project_id, phone });
    const again = await accessd.phone.sendWhatsApp({ project_id, phone });
    const [message] = await accessd.projects.inbox(project_id, { destination: phone }).all();
    const done = await accessd.phone.verifyOtp({ phone, otp: message.otp, validation_id: sent.validation_id });

    assert.equal(again.validation_id, sent.validation_id);
    assert.equal(done.user.phone, phone);
    assert.ok(done.token);
  });

  test('a wrong code is an error with its code and the tries left', async () => {
    const { project_id } = await newProject();
    const sent = await accessd.email.sendOtp({ project_id, email: 'user@example.com' });

    const error = await refusalOf(
      accessd.email.verifyOtp({ email: 'user@example.com', otp: '000000', validation_id: sent.validation_id }),
    );

    assert.equal(error.code, 'INVALID_OTP');
    assert.ok(error.is('OTP_EXPIRED', 'INVALID_OTP') && !error.is('OTP_EXPIRED'));
    assert.equal(error.status, 403);
    assert.equal(error.details.attempts_remaining, 2);
    assert.equal(error.message, 'Invalid OTP code');
    assert.match(error.requestId, /^req_/);
  });

  test('the hosted page: state and PKCE out, a person back', async () => {
    const project = await newProject();
    const redirectUrl = 'https://shop.example/signed-in?from=accessd';
    await accessd.flows.change(project.default_flow_id, { redirect_urls: [redirectUrl], status: 'active' });
    const begun = await accessd.hostedLogin.begin({ project: project.slug, redirectUrl, language: 'es' });

    const url = new URL(begun.url);
    assert.equal(url.origin + url.pathname, `${server.url}/login/${project.slug}`);
    assert.equal((await fetch(begun.url)).status, 200, 'the page takes what the client made');
    const backAt = await visitAsBrowser(project, url.searchParams);
    const other = { ...begun, state: 'another session' };
    await assert.rejects(accessd.hostedLogin.finish(backAt, other), { name: 'HostedLoginError', reason: 'other_state' });
    const back = await accessd.hostedLogin.finish(backAt, begun);
    assert.equal(back.user.email, 'user@example.com');
    assert.equal(back.login.status, 'complete');
    await assert.rejects(accessd.hostedLogin.finish(backAt, begun), { reason: 'invalid_code' });
  });

  test('the hosted page: without the verifier the code is worth nothing', async () => {
    const project = await newProject();
    const redirectUrl = 'https://shop.example/signed-in';
    await accessd.flows.change(project.default_flow_id, { redirect_urls: [redirectUrl], status: 'active' });
    const begun = await accessd.hostedLogin.begin({ project: project.slug, redirectUrl });
    const backAt = await visitAsBrowser(project, new URL(begun.url).searchParams);

    const stolen = { ...begun, codeVerifier: begun.codeVerifier.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) };
    const error = await accessd.hostedLogin.finish(backAt, stolen).catch((thrown) => thrown);

    assert.ok(error instanceof HostedLoginError);
    assert.equal(error.reason, 'invalid_code');
  });

  test('the hosted page: who turns back is told apart, but only with the right state', async () => {
    const begun = await accessd.hostedLogin.begin({ project: 'shop', redirectUrl: 'https://shop.example/in' });
    const visit = (query) => accessd.hostedLogin.finish(new URLSearchParams(query), begun);
    await assert.rejects(visit({ error: 'access_denied', state: begun.state }), { reason: 'denied' });
    await assert.rejects(visit({ error: 'access_denied', state: 'x' }), { reason: 'other_state' });
    await assert.rejects(visit({ code: 'x' }), { reason: 'other_state' });
    await assert.rejects(visit({ state: begun.state }), { reason: 'no_code' });
  });

  /** What the login page does; the address that it sends the browser to. */
  async function visitAsBrowser(project, query) {
    const nobody = new Accessd({ url: server.url });
    const login = await nobody.browserLogin.open({
      project: project.slug,
      redirect_url: query.get('redirect_url'),
      state: query.get('state'),
      code_challenge: query.get('code_challenge'),
    });
    const sent = await login.sendEmail('user@example.com');
    const done = await login.verifyEmail({ email: 'user@example.com', otp: '123456', validation_id: sent.validation_id });
    assert.equal((await login.status()).status, 'complete');
    return done.redirect_url;
  }
});

describe('the token of the key', () => {
  test('one is asked for, however many calls begin at once', async () => {
    proxy.seen.length = 0;
    const one = client({ url: proxy.url });
    await Promise.all(Array.from({ length: 8 }, () => one.projects.list().page()));
    assert.equal(proxy.seen.filter(({ path: at }) => at.endsWith('/auth/token')).length, 1);
  });

  test('after its end the next call gets another', async () => {
    const one = await proxied();
    await one.auth.revoke({});
    const page = await one.projects.list().page();
    assert.ok(Array.isArray(page.items));
    assert.ok(proxy.seen.some(({ path: at }) => at.endsWith('/auth/token')), 'a new token was asked for');
  });

  test('a client with a token alone renews it, and is refused once it is over', async () => {
    const token = (await accessd.call('issueToken', { body: { client_id: key.client_id, client_secret: key.client_secret } }))
      .access_token;
    const one = new Accessd({ url: server.url, token });
    const renewed = await one.auth.renew();
    assert.notEqual(renewed.access_token, token);
    await one.projects.list().page();
    await one.auth.revoke({});
    const error = await refusalOf(one.projects.list().page());
    assert.ok(error.is('TOKEN_REVOKED'));
  });

  test('wrong credentials are told as such', async () => {
    const error = await refusalOf(client({ clientSecret: 'sk_wrong' }).projects.list().page());
    assert.equal(error.code, 'INVALID_CREDENTIALS');
  });
});

describe('repeating', () => {
  test('a send whose answer is lost is repeated under one key, and one message goes out', async () => {
    const { project_id } = await newProject();
    const email = freshAddress();
    const one = await proxied();
    proxy.faults = ['lose'];

    const sent = await one.email.sendOtp({ project_id, email });

    const sends = proxy.seen.filter(({ path: at }) => at.endsWith('/send-otp'));
    assert.deepEqual(sends.map(({ status }) => status), [200, 200]);
    assert.ok(sends[0].key && sends[0].key === sends[1].key);
    const messages = await accessd.projects.inbox(project_id, { destination: email }).all();
    assert.equal(messages.length, 1);
    assert.ok(sent.validation_id);
  });

  test('own keys work, and the same key with another body is a conflict', async () => {
    const { project_id } = await newProject();
    const idempotencyKey = `order-${randomBytes(6).toString('hex')}`;
    const first = await accessd.users.create(project_id, { name: 'Ana' }, { idempotencyKey });
    const again = await accessd.users.create(project_id, { name: 'Ana' }, { idempotencyKey });
    assert.equal(again.user_id, first.user_id);
    const error = await refusalOf(accessd.users.create(project_id, { name: 'Eva' }, { idempotencyKey }));
    assert.equal(error.code, 'IDEMPOTENCY_CONFLICT');
  });

  test('what might be done twice is not repeated', async () => {
    const { project_id } = await newProject();
    const one = await proxied();
    proxy.faults = ['lose'];
    await assert.rejects(one.projects.change(project_id, { name: 'Changed' }), NoAnswerError);
    assert.equal(proxy.seen.length, 1);
    proxy.seen.length = 0;
    proxy.faults = [refusal(503, 'STORE_UNAVAILABLE', 1)];
    const error = await refusalOf(one.projects.change(project_id, { name: 'Changed' }));
    assert.equal(error.code, 'STORE_UNAVAILABLE');
    assert.equal(proxy.seen.length, 1);
  });

  test('Retry-After is kept to', async () => {
    const one = await proxied();
    proxy.faults = [refusal(503, 'BUSY', 1)];
    const began = performance.now();
    await one.projects.list().page();
    assert.ok(performance.now() - began >= 1000);
    assert.equal(proxy.seen.length, 2);
  });

  test('tries are counted', async () => {
    const one = await proxied({ retries: 2 });
    proxy.faults = Array.from({ length: 5 }, () => refusal(503, 'BUSY', 0));
    const error = await refusalOf(one.projects.list().page());
    proxy.faults = [];
    assert.equal(error.code, 'BUSY');
    assert.equal(proxy.seen.length, 3);
  });

  test('LOCKED is never waited for', async () => {
    const one = await proxied();
    proxy.faults = [refusal(429, 'LOCKED', 0)];
    const error = await refusalOf(one.projects.list().page());
    assert.equal(error.code, 'LOCKED');
    assert.equal(proxy.seen.length, 1);
  });

  test('the limit of sends is an error that says how long', async () => {
    const { project_id } = await newProject();
    const email = freshAddress();
    const hasty = client({ retries: 0 });

    const sends = await Promise.allSettled(Array.from({ length: 8 }, () => hasty.email.sendOtp({ project_id, email })));

    const errors = sends.filter(({ status }) => status === 'rejected').map(({ reason }) => reason);
    assert.equal(errors.length, 3);
    for (const error of errors) {
      assert.ok(error instanceof AccessdError && error.is('RATE_LIMITED'), String(error));
      assert.equal(error.details.scope, 'email_sends');
      assert.ok(error.retryAfterSeconds > 0 && error.retryAfterSeconds <= 60, String(error.retryAfterSeconds));
      assert.equal(error.details.retry_after_seconds, error.retryAfterSeconds);
    }
  });

  test('a long Retry-After is told at once', async () => {
    const one = await proxied();
    proxy.faults = [refusal(429, 'RATE_LIMITED', 30)];
    const error = await refusalOf(one.projects.list().page());
    assert.equal(error.retryAfterSeconds, 30);
    assert.equal(proxy.seen.length, 1);
  });

  test('a page of a proxy is no answer', async () => {
    const one = await proxied({ retries: 0 });
    proxy.faults = [{ status: 502, headers: { 'Content-Type': 'text/html' }, body: '<h1>Bad gateway</h1>' }];
    await assert.rejects(one.projects.list().page(), NoAnswerError);
  });

  test('silence is ended by the time-out, and a call by its caller', async (t) => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    t.after(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const url = `http://127.0.0.1:${silent.address().port}`;
    const one = new Accessd({ url, token: 'x', timeoutMs: 100, retries: 1 });
    await assert.rejects(one.projects.list().page(), { name: 'NoAnswerError', message: /in time/ });
    const patient = new Accessd({ url, token: 'x', timeoutMs: 60_000 });
    const signal = AbortSignal.timeout(100);
    await assert.rejects(patient.call('listProjects', { signal }), { name: 'TimeoutError' });
  });
});

describe('lists', () => {
  test('are read over all their pages, each item once', async () => {
    const { project_id } = await newProject();
    const names = Array.from({ length: 7 }, (_, at) => `person ${at}`);
    for (const name of names) await accessd.users.create(project_id, { name });

    const found = [];
    for await (const user of accessd.users.list(project_id, { limit: 3 })) found.push(user.name);

    assert.deepEqual(found.filter((name) => name?.startsWith('person')).sort(), names);
    const pages = [];
    for await (const page of accessd.users.list(project_id, { limit: 3 }).pages()) pages.push(page.items.length);
    assert.ok(pages.length >= 3 && pages[0] === 3, String(pages));
    assert.equal((await accessd.users.list(project_id, { limit: 3 }).all(4)).length, 4);
  });

  test('filters that the API does not know are refused by it', async () => {
    const error = await refusalOf(accessd.projects.list({ colour: 'red' }).page());
    assert.equal(error.code, 'INVALID_REQUEST');
    assert.equal(error.details.fields[0].field, 'colour');
  });
});

describe('people and changes', () => {
  test('odd ids find their way, and a person is erased', async () => {
    const { project_id } = await newProject();
    const user_id = 'a+b:c@d';
    await accessd.users.create(project_id, { user_id, email: freshAddress() });
    assert.equal((await accessd.users.get(project_id, user_id)).user_id, user_id);
    assert.ok(await accessd.users.export(project_id, user_id));
    await accessd.users.erase(project_id, user_id);
    assert.equal((await refusalOf(accessd.users.get(project_id, user_id))).code, 'USER_NOT_FOUND');
    await assert.rejects(accessd.users.get(project_id, ''), TypeError);
  });

  test('a change with an old tag is refused', async () => {
    const { project_id } = await newProject();
    const { etag } = await accessd.callWithTag('getProject', { path: { project_id } });
    await accessd.projects.change(project_id, { name: 'First' }, { ifMatch: etag });
    const error = await refusalOf(accessd.projects.change(project_id, { name: 'Second' }, { ifMatch: etag }));
    assert.equal(error.code, 'PRECONDITION_FAILED');
  });
});

describe('webhooks', () => {
  // Published with the specification's reference libraries.
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const body = '{"test": 2432232314}';
  const now = 1614265330;
  const check = (changes = {}, other = {}) =>
    verifyWebhook(other.secret ?? secret, { ...headers, ...changes }, other.body ?? body, { now, ...other });

  test('the published vector is genuine', async () => {
    assert.deepEqual(await check(), { test: 2432232314 });
    assert.deepEqual(await check({}, { body: new TextEncoder().encode(body) }), { test: 2432232314 });
    assert.deepEqual(await check({}, { secret: ['whsec_AAAA', secret] }), { test: 2432232314 });
    assert.deepEqual(await verifyWebhook(secret, new Headers(headers), body, { now: now + 299 }), { test: 2432232314 });
    assert.ok(await check({ 'webhook-signature': `v1,AAAA v1a,BBBB ${headers['webhook-signature']} v2,x` }));
    assert.ok(await check({ 'Webhook-Id': headers['webhook-id'] }));
  });

  const forged = {
    'an old one': [{}, { now: now + 301 }, 'too_old'],
    'one from the future': [{}, { now: now - 301 }, 'too_new'],
    'another body': [{}, { body: '{"test": 2432232315}' }, 'wrong_signature'],
    'another id': [{ 'webhook-id': 'msg_other' }, {}, 'wrong_signature'],
    'another time': [{ 'webhook-timestamp': '1614265331' }, {}, 'wrong_signature'],
    'no time': [{ 'webhook-timestamp': '' }, {}, 'missing_header'],
    'a time with words': [{ 'webhook-timestamp': '1614265330x' }, {}, 'malformed_timestamp'],
    'no signature': [{ 'webhook-signature': undefined }, {}, 'missing_header'],
    'half a signature': [{ 'webhook-signature': headers['webhook-signature'].slice(0, 10) }, {}, 'wrong_signature'],
    'an empty signature': [{ 'webhook-signature': 'v1,' }, {}, 'wrong_signature'],
    'another version': [{ 'webhook-signature': headers['webhook-signature'].replace('v1', 'v2') }, {}, 'wrong_signature'],
    'another secret': [{}, { secret: `whsec_${'A'.repeat(32)}` }, 'wrong_signature'],
    'two ids': [{ 'webhook-id': ['a', 'b'] }, {}, 'missing_header'],
  };
  for (const [name, [changes, other, reason]] of Object.entries(forged)) {
    test(`${name} is refused`, async () => {
      const error = await check(changes, other).catch((thrown) => thrown);
      assert.ok(error instanceof WebhookError, String(error));
      assert.equal(error.reason, reason);
    });
  }

  test('what the server sends is genuine, also with the secret of a rotation', async (t) => {
    const came = [];
    const receiver = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      came.push({ headers: request.headers, text });
      response.writeHead(204).end();
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => receiver.once('listening', resolve));
    t.after(() => receiver.close());
    const { project_id } = await newProject();
    const made = await accessd.webhooks.create(project_id, {
      url: `http://127.0.0.1:${receiver.address().port}/hooks`,
      events: ['user.created'],
    });
    const rotated = await accessd.webhooks.rotateSecret(made.webhook_id);

    const user = await accessd.users.create(project_id, { name: 'Ana' });
    for (let tries = 0; came.length === 0 && tries < 200; tries += 1) await new Promise((go) => setTimeout(go, 50));

    assert.equal(came.length, 1);
    for (const one of [made.secret, rotated.secret]) {
      const event = await verifyWebhook(one, came[0].headers, came[0].text);
      assert.equal(event.type, 'user.created');
      assert.equal(event.data.user_id, user.user_id);
    }
    await assert.rejects(verifyWebhook(made.secret, came[0].headers, `${came[0].text} `), WebhookError);
  });
});

describe('the package', { skip: process.env.ACCESSD_SDK !== undefined }, () => {
  test('has the types of the API as it is described now', () => {
    execFileSync(process.execPath, [path.join(root, 'sdk/typescript/generate.mjs'), '--check'], { stdio: 'inherit' });
  });

  test('types what goes in and comes out', () => {
    execFileSync(
      process.execPath,
      [path.join(root, 'web/node_modules/typescript/bin/tsc'), '-p', path.join(root, 'tests/sdk/typescript_types')],
      { stdio: 'inherit' },
    );
  });
});
