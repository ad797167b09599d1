// What attackers try with the console: markup in stored texts, other sites' requests, a role's limits.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser, openPage } from './support/browser.mjs';
import { becomeOwner, callApi, fillProject } from './support/console.mjs';
import { Server } from './support/server.mjs';

const evil = `<img src=x onerror="window.xss=1"><script>window.xss=1</script>"'><svg/onload=window.xss=1>`;
const evilShort = `<img src=x onerror=window.xss=1>`;

let server;
let browser;
let page;
let project;

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  page = await openPage(browser, server.url);
  await becomeOwner(page, server, evilShort);
  project = await fillProject(page, evilShort);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Puts hostile texts wherever the API takes text. All of it must be taken, or nothing is tested. */
async function poison() {
  const { id } = project;
  const base = `/projects/${id}`;
  const { data: flows } = await callApi(page, 'GET', `${base}/flows`);
  const answers = {
    person: await callApi(page, 'POST', `${base}/users`, { email: 'x@example.com', name: evil, user_id: 'evil', claims: { note: evil } }),
    key: await callApi(page, 'POST', '/keys', { name: evilShort, project_id: id }),
    admin: await callApi(page, 'POST', '/admins', { email: 'eve@example.com', name: evilShort, role: 'viewer', projects: '*' }),
    sender: await callApi(page, 'POST', `${base}/senders`, {
      name: evilShort, kind: 'smtp', settings: { host: 'mail.example.com', from: 'a@example.com', from_name: evilShort },
    }),
    template: await callApi(page, 'PUT', `${base}/templates/email/en`, {
      subject: `${evilShort} {{code}}`,
      text: `${evil} {{code}}`,
      html: '<p>{{code}} {{project}}</p>',
    }),
    webhook: await callApi(page, 'POST', `${base}/webhooks`, {
      url: 'https://192.0.32.10/"><img src=x onerror=window.xss=1>'.replaceAll(/[<>" ]/g, encodeURIComponent),
      events: ['*'], description: evilShort, status: 'paused',
    }),
    source: await callApi(page, 'POST', `${base}/sources`, { name: evilShort, kind: 'directory' }),
    flow: await callApi(page, 'PATCH', `/flows/${flows.items[0].flow_id}`, { name: evilShort }),
    code: await callApi(page, 'POST', '/email/send-otp', {
      project_id: id, email: 'x@example.com', client: { user_agent: evil, ip: '192.0.2.1' }, metadata: { note: evil },
    }),
  };
  for (const [what, answer] of Object.entries(answers)) assert.ok(answer.success, `${what}: ${JSON.stringify(answer)}`);
  // What would run in a mail isn't stored at all.
  for (const html of [`<p onclick="window.top.xss=1">{{code}}</p>`, `${evil}{{code}}`, '{{code}}<a href="javascript:window.top.xss=1">x</a>']) {
    const refused = await callApi(page, 'PUT', `${base}/templates/email/es`, { subject: 'x {{code}}', text: '{{code}}', html });
    assert.equal(refused.code, 'INVALID_REQUEST', html);
  }
  return answers;
}

/** Texts of a page as a person reads them, what stands in its fields included. */
function readable() {
  const fields = [...document.querySelectorAll('#content :is(input, textarea)')].map((field) => field.value);
  // Between two pages there is a moment without it.
  return [document.querySelector('#content')?.innerText ?? '', ...fields].join('\n');
}

test('hostile texts are shown as text, on every page', async () => {
  const { code, webhook } = await poison();
  const { id } = project;
  const { data: messages } = await callApi(page, 'GET', `/projects/${id}/messages?limit=1`);
  // By path, what must be read there as it was stored; null where nothing of it is shown.
  const pages = {
    '/projects': evilShort, '/keys': evilShort, '/admins': evilShort, '/audit': null, '/account': null, [`/${id}`]: evilShort,
    [`/${id}/setup/project`]: evilShort, [`/${id}/setup/flow`]: evilShort, [`/${id}/setup/source`]: null,
    [`/${id}/setup/webhooks`]: null, [`/${id}/setup/try`]: null, [`/${id}/live`]: null, [`/${id}/users`]: evil,
    [`/${id}/users/evil`]: evil, [`/${id}/logins`]: null, [`/${id}/imports`]: null, [`/${id}/senders`]: evilShort,
    [`/${id}/templates`]: evilShort, [`/${id}/inbox`]: evilShort, [`/${id}/messages`]: null,
    [`/${id}/messages/${messages.items[0].message_id}`]: null, [`/${id}/validations`]: null,
    [`/${id}/validations/${code.data.validation_id}`]: evil, [`/${id}/webhooks`]: null,
    [`/${id}/webhooks/${webhook.data.webhook_id}`]: null, [`/${id}/fraud`]: null, [`/${id}/locks`]: null,
    [`/${id}/settings`]: null, [`/${id}/users?email=${encodeURIComponent(evil)}`]: evil,
  };
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  for (const [path, text] of Object.entries(pages)) {
    await page.goto(`/console${path}`);
    await page.locator('main h1').first().waitFor();
    // Waits until it stands there: a page that is still empty holds no markup either.
    if (text) await page.waitForFunction(`(${readable})().includes(${JSON.stringify(text)})`, null, { polling: 200 }).catch(() => assert.fail(`${path} doesn't show ${text}`));
    else await page.waitForTimeout(300);
    // A frame without scripts can't be asked, and can't have run any.
    assert.equal(await page.mainFrame().evaluate(() => window.xss), undefined, path);
    assert.equal(await page.locator('#content img[src="x"], #content script').count(), 0, path);
  }
  assert.equal(dialogs, 0);
});

test('a mail in the inbox runs nothing and reaches nothing', async () => {
  await page.goto(`/console/${project.id}/inbox`);
  const frame = page.locator('iframe').first();
  await frame.waitFor();
  assert.equal(await frame.getAttribute('sandbox'), '');
  assert.equal(await page.evaluate(() => window.xss), undefined);
});

test("another site's page can neither change nor read", async () => {
  const other = server.url.replace('127.0.0.1', 'localhost');
  const stranger = await page.context().newPage();
  await stranger.route(`${other}/evil`, (route) => route.fulfill({ contentType: 'text/html', body: '<h1>evil</h1>' }));
  await stranger.goto(`${other}/evil`);
  const outcomes = await stranger.evaluate(async (url) => {
    const json = JSON.stringify({ name: 'forged' });
    const tries = [
      { method: 'POST', body: json, headers: { 'Content-Type': 'application/json' }, credentials: 'include' },
      { method: 'POST', body: json, headers: { 'Content-Type': 'text/plain' }, credentials: 'include', mode: 'no-cors' },
      { method: 'POST', body: 'name=forged', headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, credentials: 'include', mode: 'no-cors' },
      { method: 'GET', credentials: 'include' },
    ];
    const results = [];
    for (const options of tries) {
      try {
        const answer = await fetch(`${url}/v2/access/projects`, options);
        results.push(answer.type === 'opaque' ? 'opaque' : `${answer.status}`);
      } catch {
        results.push('refused');
      }
    }
    return results;
  }, server.url);
  assert.ok(outcomes.every((outcome) => outcome === 'refused' || outcome === 'opaque'), outcomes.join());
  // A form needs no leave to send, so what it sends must do nothing.
  await stranger.evaluate((url) => {
    const form = Object.assign(document.createElement('form'), { method: 'post', action: `${url}/v2/access/projects`, enctype: 'text/plain' });
    form.append(Object.assign(document.createElement('input'), { name: '{"name": "forged", "x": "', value: '"}' }));
    document.body.append(form);
    form.submit();
  }, server.url);
  await stranger.waitForURL(`${server.url}/v2/access/projects`);
  assert.match(await stranger.textContent('body'), /UNSUPPORTED_MEDIA_TYPE|MISSING_TOKEN|INSUFFICIENT_SCOPE/);
  const { data } = await callApi(page, 'GET', '/projects');
  assert.ok(data.items.every((one) => one.name !== 'forged'));
  await stranger.close();
});

test('a change without the token of the session is refused, whoever asks', async () => {
  await page.goto('/console/projects');
  const status = await page.evaluate(async () => {
    const answer = await fetch('/v2/access/projects', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'forged' }),
    });
    return answer.status;
  });
  assert.equal(status, 403);
});

test('no script reads the cookie, and no token lies in storage', async () => {
  assert.equal(await page.evaluate(() => document.cookie), '');
  const stored = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  const { data } = await callApi(page, 'GET', '/console/session');
  assert.ok(!stored.includes(data.csrf_token));
});

test('a viewer sees no button that changes, and the server refuses besides', async () => {
  const invited = (await callApi(page, 'POST', '/admins', { email: 'vera@example.com', role: 'viewer', projects: '*' })).data;
  const viewer = await openPage(browser, server.url);
  await viewer.goto(invited.link.url);
  await viewer.getByRole('button', { name: 'Sign in' }).click();
  await viewer.waitForURL('**/console');
  for (const [path, words] of [['/projects', 'New project'], [`/${project.id}/users`, 'Add a person'], ['/keys', 'New key'], ['/admins', 'Invite an admin'], [`/${project.id}/senders`, 'Add a sender']]) {
    await viewer.goto(`/console${path}`);
    await viewer.locator('main h1').first().waitFor();
    assert.equal(await viewer.getByRole('button', { name: words }).count(), 0, path);
  }
  await viewer.goto(`/console/${project.id}/setup/project`);
  await viewer.getByText('Your role lets you look, not change.').waitFor();
  const refused = await callApi(viewer, 'POST', '/projects', { name: 'mine' });
  assert.equal(refused.code, 'INSUFFICIENT_SCOPE');
  await viewer.context().close();
});

test('a session that ended elsewhere brings the page for signing in', async () => {
  await page.goto(`/console/${project.id}/validations`);
  await page.locator('main h1').first().waitFor();
  const other = await page.context().newPage();
  await other.goto(`${server.url}/console`);
  await callApi(other, 'DELETE', '/console/session');
  // A page that asks again by itself may have noticed before the press.
  await page.getByRole('link', { name: 'People' }).click({ timeout: 3000 }).catch(() => undefined);
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
