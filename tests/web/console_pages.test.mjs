// Every page of the console and its dialogs: no mistakes that axe finds, room on a phone, both themes, three languages in which
// nothing stays English; and pictures, in English. ACCESSD_EVERY_PICTURE=1 takes all of them, in each language, theme and width.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axeSource, isEveryPicture, openBrowser, openPage, screenshot } from './support/browser.mjs';
import { becomeOwner, callApi, fillProject, wordsOf } from './support/console.mjs';
import { dialogs, openConsole, pagesOf, textsOf } from './support/pages.mjs';
import { Server } from './support/server.mjs';

const desktop = { width: 1280, height: 900 };
const phone = { width: 360, height: 740 };
const devices = { desktop, phone };

let server;
let browser;
let state;
let pages;
let axe;
const english = new Map(); // By page: what it says in English.

before(async () => {
  server = await Server.start();
  browser = await openBrowser();
  axe = await readFile(axeSource, 'utf8');
  const page = await openPage(browser, server.url);
  await becomeOwner(page, server);
  const made = await fillProject(page);
  await callApi(page, 'POST', `/projects/${made.id}/senders`, {
    name: 'Relay', kind: 'smtp', settings: { host: 'mail.example.com', from: 'codes@example.com' },
  });
  pages = pagesOf(made);
  state = await page.context().storageState();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const open = (options) => openPage(browser, server.url, { storageState: state, reducedMotion: 'reduce', ...options });

/** What axe finds in a part of the page, as "rule: element". `least`: of what impact. */
async function mistakes(page, part, least = ['serious', 'critical']) {
  // evaluate() isn't bound by the page's policy, which keeps the script of another file out.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe);
  const violations = await page.evaluate(async (selector) => {
    const found = await window.axe.run(document.querySelector(selector), {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: { 'frame-tested': { enabled: false } }, // The frame with a mail runs no scripts, not axe's either.
    });
    return found.violations.map(({ id, impact, nodes }) => ({ id, impact, count: nodes.length, html: `${nodes[0].target} ${nodes[0].html.slice(0, 200)}` }));
  }, part);
  return violations.filter(({ impact }) => least.includes(impact)).map(({ id, count, html }) => `${id}, ${count} times: ${html}`);
}

/** Pixels that stand out at the right, once the page has taken its new width and nothing moves any more. */
async function excess(page) {
  const isSettled = () =>
    document.documentElement.scrollWidth <= innerWidth && document.getAnimations().every((one) => one.playState !== 'running');
  await page.waitForFunction(isSettled, null, { timeout: 3000 }).catch(() => undefined);
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/**
 * Looks at what is shown in the widths and themes; `looks` are those of the tests. Axe is slow: the desk in light and the phone in
 * dark show what both themes and both widths have.
 */
async function lookAt(page, name, language, looks, part) {
  const found = [];
  const whole = Object.keys(devices).flatMap((device) => ['light', 'dark'].map((theme) => `${device}-${theme}`));
  for (const look of isEveryPicture ? whole : looks) {
    const [device, colorScheme] = look.split('-');
    await page.setViewportSize(devices[device]);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor(); // Then colours begin to change.
    const wide = await excess(page);
    if (wide > 0) found.push(`${name}: ${wide} px too wide on a ${device}`);
    // What axe finds, it finds in English; words that are longer elsewhere are for the width above.
    if (looks.includes(look) && (isEveryPicture || language === 'en')) {
      found.push(...(await mistakes(page, part ?? 'html')).map((mistake) => `${name}, ${look}: ${mistake}`));
    }
    if (isEveryPicture || language === 'en') await screenshot(page, `console/${language}/${name}-${look}`, { fullPage: !part });
  }
  await page.setViewportSize(desktop);
  return found;
}

/** Opens each dialog of a page by the button that says so, and looks at it. */
async function lookAtDialogs(page, name, language, looks, word) {
  const found = [];
  for (const key of dialogs[name] ?? []) {
    await page.getByRole('main').getByRole('button', { name: word(key), exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    found.push(...(await lookAt(page, `${name}-${key}`, language, looks, '[role=dialog]')));
    await page.setViewportSize(phone);
    const [inner, outer] = await dialog.evaluate((one) => [one.scrollWidth - one.clientWidth, one.getBoundingClientRect().right - innerWidth]);
    if (Math.max(inner, outer) > 0) found.push(`${name}-${key}: stands out on a phone by ${inner} and ${outer}`);
    await page.setViewportSize(desktop);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  return found;
}

for (const [language, looks] of Object.entries({ en: ['desktop-light', 'phone-dark'], es: ['phone-dark'], pt: ['phone-light'] })) {
  test(`every page and dialog is right, in ${language}`, async () => {
    const page = await open({ viewport: desktop, locale: language });
    const word = await wordsOf(language);
    const found = [];
    for (const [name, path] of Object.entries(pages)) {
      await openConsole(page, path);
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      const texts = await textsOf(page);
      // A text with a name in braces is one that nobody filled in.
      if (texts.some((text) => /(?<!\{)\{[a-z_]+\}(?!\})/.test(text)) && name !== 'setup-source') found.push(`${name}: shows a name in braces`);
      if (language === 'en') english.set(name, new Set(texts));
      else found.push(...texts.filter((text) => english.get(name).has(text)).map((text) => `${name}: still in English: ${text}`));
      found.push(...(await lookAt(page, name, language, looks)));
      found.push(...(await lookAtDialogs(page, name, language, looks, word)));
      found.push(...page.faults.splice(0).map((fault) => `${name}: ${fault}`));
    }
    assert.equal(found.join('\n'), '');
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
