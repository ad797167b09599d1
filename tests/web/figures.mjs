// Measures how heavy the pages are and how soon they are drawn on a slow phone, and writes that into docs/login-page.md:
//
//   ACCESSD_BIN=build/release/accessd node tests/web/figures.mjs [--print]
//
// On a quiet machine. That the first load stays below its limit is a test: login_look.test.mjs.
import { readFile, writeFile } from 'node:fs/promises';

import { openBrowser } from './support/browser.mjs';
import { Server } from './support/server.mjs';
import { Api, freshAddress, openVisitor, settings, Shop, Site } from './support/shop.mjs';

const page = new URL('../../docs/login-page.md', import.meta.url);
const RUNS = 7;
const [begin, end] = ['<!-- figures: tests/web/figures.mjs writes them -->\n', '<!-- end of figures -->\n'];

/** "Slow 4G" and a processor six times slower. */
async function slowDown(visitor) {
  const session = await visitor.context().newCDPSession(visitor);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false, latency: 150, downloadThroughput: (1.6 * 1024 * 1024) / 8, uploadThroughput: (0.75 * 1024 * 1024) / 8,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
}

/** Collects what is loaded from now on, in bytes as they come over the network. */
function weigh(visitor) {
  const loaded = [];
  visitor.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    if (path.startsWith('/v2/')) return;
    loaded.push(response.allHeaders().then((headers) => Number(headers['content-length'])));
  });
  return async () => {
    const files = await Promise.all(loaded.splice(0));
    return { files: files.length, bytes: files.reduce((sum, size) => sum + size, 0) };
  };
}

const kilobytes = (bytes) => (bytes < 10_240 ? (bytes / 1024).toFixed(1) : String(Math.round(bytes / 1024)));
const median = (list) => list.toSorted((one, other) => one - other)[Math.floor(list.length / 2)];

async function measure() {
  const [server, browser, site] = await Promise.all([
    Server.start(settings), openBrowser({ args: ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--disable-3d-apis'] }), Site.start(),
  ]);
  try {
    const shop = await Shop.open(await Api.connect(server), site, { name: 'Corner Shop', methods: ['email', 'phone', 'biometric'], allowed_countries: ['*'] });
    const phone = { viewport: { width: 390, height: 780 }, hasTouch: true };
    const visit = () => openVisitor(browser, server, site, phone);
    const rows = [];
    const visitor = await visit();
    const taken = weigh(visitor);
    const note = async (what) => {
      await visitor.waitForTimeout(2000); // Some of it is loaded when the form stands already.
      const { files, bytes } = await taken();
      rows.push(`| ${what} | ${files} | ${kilobytes(bytes)} KB |`);
    };
    await visitor.goto(shop.loginUrl());
    await visitor.getByLabel('Email address').waitFor();
    await note('**first load**');
    await visitor.getByLabel('Email address').fill(freshAddress());
    await note('while a person types: proof of work');
    await visitor.getByRole('button', { name: 'Phone' }).click();
    await visitor.getByLabel('Phone number').waitFor();
    await note('on the phone’s form: number formats');
    await visitor.getByRole('button', { name: 'Face', exact: true }).click();
    await visitor.getByRole('heading', { name: 'Before we look at your face' }).waitFor();
    await note('with “Face”: what happens with it');
    await visitor.getByLabel('Email address').fill(freshAddress());
    await visitor.getByRole('button', { name: 'I agree' }).click();
    await visitor.getByText('Put your face in the oval').waitFor({ timeout: 60_000 });
    await note('who agrees to show it: the detector and its weights');
    await visitor.goto('/console');
    await visitor.getByRole('heading', { name: 'Sign in' }).waitFor();
    await note('the console, until one may sign in');

    const paints = {};
    for (const [name, address, shown] of [['login page', shop.loginUrl(), 'Email address'], ['console', '/console', 'Email address']]) {
      const list = [];
      for (let run = 0; run < RUNS; run += 1) {
        const slow = await visit();
        await slowDown(slow);
        await slow.goto(address);
        await slow.getByLabel(shown).waitFor({ timeout: 60_000 });
        list.push(await slow.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
        await slow.context().close();
      }
      paints[name] = `${(median(list) / 1000).toFixed(1)} s`;
    }
    return [
      '| What is loaded | files | compressed |', '|---|--:|--:|', ...rows, '',
      `First contentful paint with a processor slowed down six times, on "slow 4G" (1.6 Mbit/s, 150 ms), median of ${RUNS} first visits: login page ${paints['login page']}, console ${paints.console}.`, '',
    ].join('\n');
  } finally {
    await browser.close();
    await site.stop();
    await server.stop();
  }
}

const figures = await measure();
console.log(figures);
if (!process.argv.includes('--print')) {
  const text = await readFile(page, 'utf8');
  const [before, rest] = text.split(begin);
  await writeFile(page, `${before}${begin}${figures}${end}${rest.split(end)[1]}`);
}
