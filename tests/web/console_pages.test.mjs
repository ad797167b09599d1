// Every page of the console and its dialogs: no mistakes that axe finds, room on a phone, both themes, three languages in which
// nothing stays English; and pictures, in English. ACCESSD_EVERY_PICTURE=1 takes all of them, in each language, theme and width.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';

import { axeSource, isEveryPicture, openBrowser, openPage, screenshot } from './support/browser.mjs';
import { becomeOwner, callApi, fillProject, wordsOf } from './support/console.mjs';
import { dialogs, goOn, openConsole, pagesOf, textsOf } from './support/pages.mjs';
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

/** Pixels that stand out at the right, once nothing moves any more. */
async function excess(page) {
  const isSettled = () =>
    document.documentElement.scrollWidth <= innerWidth && document.getAnimations().every((one) => one.playState !== 'running');
  await page.waitForFunction(isSettled, null, { timeout: 3000 }).catch(() => undefined);
  return page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
}

/** Looks at what is shown. `part`: of the page, where not all of it. */
async function lookAt(page, name, { language, look }, part) {
  const found = [];
  const wide = await excess(page);
  if (wide > 0) found.push(`${name}: ${wide} px too wide`);
  // What axe finds, it finds in English; words that are longer elsewhere are for the width above.
  if (!isEveryPicture && language !== 'en') return found;
  found.push(...(await mistakes(page, part ?? 'html')).map((mistake) => `${name}: ${mistake}`));
  await screenshot(page, `console/${language}/${name}-${look}`, { fullPage: !part });
  return found;
}

/** Opens each dialog of a page by the button that says so, and looks at it. */
async function lookAtDialogs(page, name, seen, word) {
  const found = [];
  for (const key of dialogs[name] ?? []) {
    await page.getByRole('main').getByRole('button', { name: word(key), exact: true }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    found.push(...(await lookAt(page, `${name}-${key}`, seen, '[role=dialog]')));
    const [inner, outer] = await dialog.evaluate((one) => [one.scrollWidth - one.clientWidth, one.getBoundingClientRect().right - innerWidth]);
    if (Math.max(inner, outer) > 0) found.push(`${name}-${key}: stands out by ${inner} and ${outer}`);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  }
  return found;
}

// Axe and pictures take their time: the desk in light and the phone in dark show what both themes and both widths have.
const whole = Object.keys(devices).flatMap((device) => ['light', 'dark'].map((theme) => `${device}-${theme}`));
const some = { en: ['desktop-light', 'phone-dark'], es: ['phone-dark'], pt: ['phone-light'] };
for (const [language, look] of Object.keys(some).flatMap((one) => (isEveryPicture ? whole : some[one]).map((each) => [one, each]))) {
  test(`every page and dialog is right, in ${language}, ${look}`, async () => {
    const [device, colorScheme] = look.split('-');
    const page = await open({ viewport: devices[device], colorScheme, locale: language });
    const word = await wordsOf(language);
    const found = [];
    await openConsole(page, pages.projects);
    assert.equal(await page.evaluate(() => document.documentElement.lang), language);
    await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
    for (const [name, path] of Object.entries(pages)) {
      if (path !== pages.projects) await goOn(page, path);
      const texts = await textsOf(page);
      // A text with a name in braces is one that nobody filled in.
      if (texts.some((text) => /(?<!\{)\{[a-z_]+\}(?!\})/.test(text)) && name !== 'setup-source') found.push(`${name}: shows a name in braces`);
      if (language === 'en') english.set(name, new Set([...(english.get(name) ?? []), ...texts]));
      else found.push(...texts.filter((text) => english.get(name).has(text)).map((text) => `${name}: still in English: ${text}`));
      found.push(...(await lookAt(page, name, { language, look })));
      found.push(...(await lookAtDialogs(page, name, { language, look }, word)));
      found.push(...page.faults.splice(0).map((fault) => `${name}: ${fault}`));
    }
    assert.equal(found.join('\n'), '');
    await page.context().close();
  });
}

test('every page opens by its address', async () => {
  const page = await open({ viewport: desktop });
  await openConsole(page, pages.settings);
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Where an address leads is decided in the page, which has to come whatever the address is.
  const loaded = await page.evaluate((paths) => Promise.all(paths.map(async (path) => {
    const answer = await fetch(`/console${path}`);
    return `${answer.status} ${answer.headers.get('Content-Type')} ${(await answer.text()).replace(/"style-nonce" content="[^"]+"/, '')}`;
  })), Object.values(pages));
  assert.match(loaded[0], /^200 text\/html.*<div id="root">/s);
  assert.equal(new Set(loaded).size, 1, loaded.slice(0, 2).join('\n'));
  await page.context().close();
});

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
