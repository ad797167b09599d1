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

/** Puts hostile texts wherever the API takes text. */
async function poison() {
  const { id } = project;
  const base = `/projects/${id}`;
  const done = [
    await callApi(page, 'POST', `${base}/users`, { email: 'x@example.com', name: evil, user_id: 'evil', claims: { [evil]: evil } }),
    await callApi(page, 'POST', '/keys', { name: evilShort, project_id: id }),
    await callApi(page, 'POST', '/admins', { email: 'eve@example.com', name: evilShort, role: 'viewer', projects: '*' }),
    await callApi(page, 'POST', `${base}/senders`, {
      name: evilShort,
      kind: 'smtp',
      settings: { host: 'mail.example.com', from: 'a@example.com', from_name: evilShort },
    }),
    await callApi(page, 'PUT', `${base}/templates/email/en`, {
      subject: `${evilShort} {{code}}`,
      text: `${evil} {{code}}`,
      html: `<p onclick="window.top.xss=1">${evil}{{code}}</p><a href="javascript:window.top.xss=1">x</a>`,
    }),
    await callApi(page, 'POST', '/email/send-otp', {
      project_id: id,
      email: 'x@example.com',
      client: { user_agent: evil, ip: '192.0.2.1' },
      metadata: { note: evil },
    }),
  ];
  return done;
}

test('hostile texts are shown as text, on every page', async () => {
  const answers = await poison();
  const sent = answers.at(-1).data;
  assert.ok(answers.filter((answer) => answer.success).length >= 4, JSON.stringify(answers));
  const { id } = project;
  const paths = [
    '/projects', '/keys', '/admins', '/audit', `/${id}`, `/${id}/setup/project`, `/${id}/setup/try`, `/${id}/users`,
    `/${id}/users/evil`, `/${id}/senders`, `/${id}/templates`, `/${id}/inbox`, `/${id}/messages`, `/${id}/validations`,
    `/${id}/validations/${sent.validation_id}`, `/${id}/settings`, `/${id}/users?email=${encodeURIComponent(evil)}`,
  ];
  let dialogs = 0;
  page.on('dialog', (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  for (const path of paths) {
    await page.goto(`/console${path}`);
    await page.locator('main h1').first().waitFor();
    await page.waitForTimeout(300);
    for (const frame of page.frames()) {
      // A frame without scripts can't be asked, and can't have run any.
      if (frame === page.mainFrame()) assert.equal(await frame.evaluate(() => window.xss), undefined, path);
    }
    assert.equal(await page.locator('#content img[src="x"], #content script').count(), 0, path);
  }
  assert.equal(dialogs, 0);
  assert.ok((await page.goto(`/console/${id}/users/evil`)) && (await page.getByText('<script>').count()) >= 0);
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
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
});
