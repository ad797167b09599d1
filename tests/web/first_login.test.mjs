// From an empty database to a first login: the path that most people take, as they take it.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openBrowser, openPage } from './support/browser.mjs';
import { becomeOwner } from './support/console.mjs';
import { Server } from './support/server.mjs';

let server;
let browser;
let page;
let projectId;

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  page = await openPage(browser, server.url);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Types a code into the boxes for its digits. */
async function enterCode(code) {
  await page.getByLabel('Digit 1').click();
  await page.keyboard.type(code);
}

test('nobody is signed in, and the page says how to begin', async () => {
  await page.goto('/console');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByText('No administrator yet?').waitFor();
});

test('the printed link makes the owner and leads into the console', async () => {
  await becomeOwner(page, server);
  await page.getByText('Make your first project').waitFor();
});

test('a project is made, and its set-up opens', async () => {
  await page.getByRole('button', { name: 'New project' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Corner shop');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.waitForURL('**/setup');
  await page.getByRole('heading', { name: 'Set up Corner shop' }).waitFor();
  projectId = new URL(page.url()).pathname.split('/')[2];
});

test('step 1: the look shows beside the form before it is saved', async () => {
  const preview = page.getByLabel('Preview', { exact: true });
  await preview.getByText('Sign in to Corner shop').waitFor();
  await page.getByRole('textbox', { name: 'Name', exact: false }).first().fill('Corner books');
  await preview.getByText('Sign in to Corner books').waitFor();
  await page.getByLabel('Contact address').fill('help@shop.example');
  await page.getByText('Unsaved changes').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();
  await page.getByRole('heading', { name: 'Set up Corner books' }).waitFor();
  await page.getByRole('link', { name: /Project/ }).filter({ hasText: 'done' }).first().waitFor();
});

test('unsaved changes are not lost by a click elsewhere', async () => {
  await page.getByLabel('Contact address').fill('other@shop.example');
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByText('Leave without saving?').waitFor();
  await page.getByRole('button', { name: 'Stay here' }).click();
  assert.equal(await page.getByLabel('Contact address').inputValue(), 'other@shop.example');
  await page.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await page.getByLabel('Contact address').inputValue(), 'help@shop.example');
});

test('steps 2 to 4: a flow that leads back, an eight-digit code, a directory', async () => {
  await page.getByRole('link', { name: 'Login flow' }).first().click();
  await page.getByRole('combobox', { name: 'Redirect addresses' }).fill('https://shop.example/signed-in');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();

  await page.getByRole('link', { name: 'Methods' }).first().click();
  await page.getByLabel('Digits of the code').fill('8');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();
  await page.getByLabel('Digits of the code').fill('6');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();

  await page.getByRole('link', { name: 'Who may log in' }).first().click();
  await page.getByText('Only people in the directory').click();
  await page.getByRole('button', { name: 'Use this' }).click();
  await page.getByText('Everything is saved').waitFor();
  await page.getByLabel('Email address').fill('ana@shop.example');
  await page.getByRole('button', { name: 'Look up' }).click();
  await page.getByText('not found', { exact: true }).waitFor();
  await page.getByText('Anyone', { exact: true }).click();
  await page.getByRole('button', { name: 'Use this' }).click();
  await page.getByText('Everything is saved').waitFor();
});

test('step 6: a wrong code is refused, and the right one logs in, from the inbox beside it', async () => {
  await page.getByRole('link', { name: 'Try it' }).first().click();
  await page.getByLabel('Email address').fill('ana@shop.example');
  await page.getByRole('button', { name: 'Send code' }).click();
  const shown = page.getByTestId('inbox-otp');
  await shown.waitFor();
  const code = (await shown.textContent()).trim();
  assert.match(code, /^\d{6}$/);
  await enterCode(String((Number(code) + 1) % 1_000_000).padStart(6, '0'));
  await page.getByText("That isn't the code.").first().waitFor();
  for (let digit = 0; digit < 6; digit += 1) await page.getByLabel(`Digit ${6 - digit}`).fill('');
  await enterCode(code);
  await page.getByText('Logged in').waitFor();
});

test('a login for real: on the page that people see, and back', async () => {
  await page.getByRole('button', { name: 'Log in for real' }).click();
  await page.waitForURL('**/login/**');
  await page.getByLabel('Email address').fill('user@example.com');
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
  await page.keyboard.type('123456');
  await page.getByText('Logged in for real').waitFor();
  assert.equal(new URL(page.url()).search, '', 'the code stays in no address');
});

test('by SMS: switched on in the wizard, asked for on the page, read in the inbox', async () => {
  await page.getByRole('link', { name: 'Methods' }).first().click();
  await page.getByRole('tab', { name: 'Phone' }).click();
  await page.locator('label').filter({ hasText: /^On$/ }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();
  await page.getByRole('link', { name: 'Login flow' }).first().click();
  await page.getByRole('checkbox', { name: 'Phone' }).check();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Everything is saved').waitFor();

  await page.getByRole('link', { name: 'Try it' }).first().click();
  await page.getByRole('button', { name: 'Log in for real' }).click();
  await page.waitForURL('**/login/**');
  await page.getByRole('button', { name: 'Phone', exact: true }).click();
  await page.getByLabel('Phone number').fill('+34 600 123 456');
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'Look at your phone' }).waitFor();
  const inbox = await page.context().newPage();
  await inbox.goto(`${server.url}/console/${projectId}/inbox`);
  const message = inbox.getByRole('button', { name: /\+34600123456/ }).first();
  await message.click();
  await inbox.getByLabel('As on a phone').waitFor();
  const [code] = (await message.innerText()).match(/\b\d{6}\b/);
  await inbox.close();
  await page.keyboard.type(code);
  await page.getByText('Logged in for real').waitFor();
});

test('a login that was not begun here is left alone', async () => {
  const here = new URL(page.url()).pathname;
  await page.goto(`${here}?code=3q2-7wAAAAAAAAAAAAAAAA&state=somebody`);
  await page.getByText('wasn’t begun here').waitFor();
  assert.equal(new URL(page.url()).search, '');
});

test('snippets name the project, and no secret', async () => {
  for (const language of ['curl', 'TypeScript', 'Python', 'PHP', 'C++']) {
    await page.getByRole('tab', { name: language, exact: true }).click();
    const text = await page.getByRole('region', { name: language, exact: true }).textContent();
    assert.ok(text.includes(projectId) && text.includes(server.url), language);
    assert.ok(!/sk_[A-Za-z0-9_-]{43}/.test(text));
  }
});

test('the overview counts the login', async () => {
  await page.getByRole('link', { name: 'Overview' }).click();
  await page.getByText('Logins completed').first().waitFor();
  await page.getByText('of 3 started').waitFor();
  assert.deepEqual(page.faults, []);
});
