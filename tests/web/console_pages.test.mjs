// Every page of the console: no mistakes that axe finds, room on a phone, both themes, three languages; and pictures.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axeSource, openBrowser, openPage, screenshot } from './support/browser.mjs';
import { becomeOwner, fillProject } from './support/console.mjs';
import { openConsole, pagesOf } from './support/pages.mjs';
import { Server } from './support/server.mjs';

const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };

let server;
let browser;
let state;
let pages;
let axe;

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  axe = await readFile(axeSource, 'utf8');
  const page = await openPage(browser, server.url);
  await becomeOwner(page, server);
  pages = pagesOf(await fillProject(page));
  state = await page.context().storageState();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const open = (options) => openPage(browser, server.url, { storageState: state, ...options });

/** What axe calls serious or worse, as "rule: element". */
async function mistakes(page) {
  // evaluate() isn't bound by the page's policy, which keeps the script of another file out.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations } = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: { 'frame-tested': { enabled: false } }, // The frame with a mail runs no scripts, not axe's either.
    });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}, ${nodes.length} times: ${nodes[0].target} ${nodes[0].html.slice(0, 200)}`);
  });
}

for (const [look, options] of Object.entries({
  'desktop-light': { viewport: desktop, colorScheme: 'light' },
  'phone-dark': { viewport: phone, colorScheme: 'dark', hasTouch: true },
})) {
  test(`every page is right: ${look}`, async () => {
    const page = await open(options);
    const found = [];
    for (const [name, path] of Object.entries(pages)) {
      await openConsole(page, path);
      const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      if (content > window) found.push(`${name}: ${content} px wide on a screen of ${window}`);
      found.push(...(await mistakes(page)).map((mistake) => `${name}: ${mistake}`));
      found.push(...page.faults.splice(0).map((fault) => `${name}: ${fault}`));
      await screenshot(page, `console-${name}-${look}`);
      if (!process.env.ACCESSD_SCREENSHOTS) continue;
      // The other theme, for the eye of whoever asks for pictures.
      await page.emulateMedia({ colorScheme: options.colorScheme === 'dark' ? 'light' : 'dark' });
      await screenshot(page, `console-${name}-${look.split('-')[0]}-${options.colorScheme === 'dark' ? 'light' : 'dark'}`);
      await page.emulateMedia({ colorScheme: options.colorScheme });
    }
    assert.equal(found.join('\n'), '');
    await page.context().close();
  });
}

for (const language of ['es', 'pt']) {
  test(`every page speaks ${language}`, async () => {
    const page = await open({ viewport: desktop, locale: language });
    for (const [name, path] of Object.entries(pages)) {
      await openConsole(page, path);
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      // A text with a name in braces is one that nobody filled in.
      const text = await page.locator('body').innerText();
      assert.doesNotMatch(name === 'templates' ? '' : text, /\{[a-z_]+\}(?!\})/, name);
      await screenshot(page, `console-${name}-${language}`);
    }
    assert.deepEqual(page.faults, []);
    await page.context().close();
  });
}

test('the keyboard alone gets about: past the menu, along a list, into a row', async () => {
  const page = await open({ viewport: desktop });
  await openConsole(page, pages.people);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Skip to content');
  await page.keyboard.press('Enter');
  await page.locator('tbody tr').filter({ hasText: 'Luis Ortega' }).focus();
  await page.keyboard.press('Enter');
  await page.waitForURL('**/users/shop-17');
  await page.getByRole('heading', { name: 'Luis Ortega' }).waitFor();
  await page.context().close();
});

test('filters are part of the address, and what fits nothing says so', async () => {
  const page = await open({ viewport: desktop });
  await openConsole(page, pages.people);
  await page.getByLabel('Email address').fill('luis@example.com');
  await page.waitForURL('**/users?email=luis%40example.com');
  await page.locator('tbody tr').filter({ hasText: 'Ana Souza' }).waitFor({ state: 'detached' });
  await page.locator('tbody tr').filter({ hasText: 'Luis Ortega' }).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 1);
  await page.reload();
  assert.equal(await page.getByLabel('Email address').inputValue(), 'luis@example.com');
  await page.getByLabel('User id').fill('nobody');
  await page.getByText('Nothing fits these filters').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.locator('tbody tr').filter({ hasText: 'Ana Souza' }).waitFor();
  await page.context().close();
});

test('a long list comes in pages from the server', async () => {
  const page = await open({ viewport: desktop });
  await openConsole(page, pages.people);
  await page.evaluate(async (path) => {
    const { data } = await (await fetch('/v2/access/console/session')).json();
    const headers = { 'X-CSRF-Token': data.csrf_token, 'Content-Type': 'application/json' };
    for (let number = 0; number < 60; number += 1) {
      await fetch(path, { method: 'POST', headers, body: JSON.stringify({ email: `person-${number}@example.com` }) });
    }
  }, `/v2/access/projects/${pages.people.split('/')[1]}/users`);
  await page.reload();
  await page.getByRole('button', { name: 'Show more' }).waitFor();
  assert.equal(await page.locator('tbody tr').count(), 50);
  await page.getByRole('button', { name: 'Show more' }).click();
  await page.locator('tbody tr').nth(60).waitFor();
  await page.context().close();
});

test('why somebody got no code stands in words', async () => {
  const page = await open({ viewport: desktop });
  await openConsole(page, pages.validation);
  await page.getByText('The code was entered wrongly too often.').waitFor();
  await page.getByText('A wrong code was tried.').first().waitFor();
  await page.context().close();
});

test('a server that is gone is told in words, and the page goes on when it is back', async () => {
  const page = await open({ viewport: desktop });
  await openConsole(page, pages.projects);
  await server.halt();
  await page.getByRole('link', { name: 'Audit' }).click();
  await page.getByText('No connection to the server.').waitFor();
  await server.launch();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('tbody tr').first().waitFor();
  await page.context().close();
});
