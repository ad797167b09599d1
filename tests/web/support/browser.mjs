// Chromium for the tests: Debian's own, driven by playwright-core of web/.
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const require = createRequire(path.join(root, 'web/package.json'));
const { chromium } = require('playwright-core');

/** Where pictures of pages go: below the build, which git ignores. */
export const screenshotFolder = process.env.ACCESSD_SCREENSHOTS ?? path.join(root, 'build/screenshots');
export const axeSource = require.resolve('axe-core/axe.min.js');

// Chromium's sandbox refuses root, which tests in containers often are.
const asRoot = process.getuid() === 0 ? ['--no-sandbox'] : [];

/** A browser; `options` are Playwright's. */
export function openBrowser(options = {}) {
  return chromium.launch({
    executablePath: process.env.ACCESSD_CHROMIUM ?? '/usr/bin/chromium',
    ...options,
    args: [...asRoot, '--disable-dev-shm-usage', ...(options.args ?? [])],
  });
}

/**
 * A page in a profile of its own, which notes what a good page never does: errors, refusals of the
 * Content-Security-Policy, requests of other hosts. `page.faults` holds them.
 */
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ baseURL: url, viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.faults = [];
  page.setDefaultTimeout(20_000);
  page.on('pageerror', (error) => page.faults.push(String(error)));
  page.on('console', (line) => {
    // Refusals of the API are part of what is tested, and the browser reports each.
    if (line.type() !== 'error' || /Failed to load resource/.test(line.text())) return;
    page.faults.push(line.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob|about):/.test(request.url())) page.faults.push(`asked ${request.url()}`);
  });
  return page;
}

/** Whether all pictures are wanted, for people to look at, and not only as many as show a change. Takes long. */
export const isEveryPicture = Boolean(process.env.ACCESSD_EVERY_PICTURE);

export async function screenshot(page, name, options = {}) {
  await page.screenshot({ path: path.join(screenshotFolder, `${name}.png`), fullPage: true, ...options });
}
