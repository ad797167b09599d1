// A customer of ours: a project on a running server, and a site that people come back to.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

import { openPage } from './browser.mjs';

/** What keeps tests of one machine from being slowed down as one busy network. */
export const settings = {
  server: ['trusted_proxies = ["127.0.0.0/8"]'],
  limits: ['client_logins_per_hour = 0', 'client_sends_per_hour = 0'],
};

let people = 0;

/** The address of a network that nobody else in this run comes from. */
function freshNetwork() {
  people += 1;
  return `198.18.${Math.floor(people / 250)}.${(people % 250) + 1}`;
}

/** Calls the API with a key for everything. */
export class Api {
  static async connect(server) {
    const made = JSON.parse(
      server.run('key', 'create', '--name', 'tests', '--all-projects', '--scope', 'access manage read', '--json'),
    );
    const api = new Api();
    api.url = `${server.url}/v2/access`;
    const { data } = await api.send('POST', '/auth/token', {
      client_id: made.client_id,
      client_secret: made.client_secret,
    });
    api.token = data.access_token;
    return api;
  }

  /** The answer's envelope, with its status. */
  async send(method, path, body) {
    const headers = { 'Content-Type': 'application/json' };
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    const answer = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, ...(await answer.json()) };
  }

  async do(method, path, body) {
    const answer = await this.send(method, path, body);
    assert.ok(answer.success, `${method} ${path}: ${answer.status} ${answer.code} ${JSON.stringify(answer.details)}`);
    return answer.data;
  }
}

/** A site on another origin than ours. It notes what it is asked for. */
export class Site {
  static async start() {
    const site = new Site();
    site.visits = [];
    site.pages = new Map();
    site.server = createServer((request, response) => {
      const url = new URL(request.url, site.url);
      site.visits.push({ url, headers: request.headers });
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(site.pages.get(url.pathname) ?? '<!doctype html><title>Shop</title><h1>The shop</h1>');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => site.server.once('listening', resolve));
    site.url = `http://localhost:${site.server.address().port}`;
    site.redirectUrl = `${site.url}/signed-in`;
    return site;
  }

  stop() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** A project as a customer sets it up. `fields` are the project's own. */
export class Shop {
  static async open(api, site, { methods = ['email'], policy = 'any', email = {}, phone = {}, biometric = {}, flow = {}, ...fields } = {}) {
    const shop = new Shop();
    shop.api = api;
    shop.site = site;
    shop.project = await api.do('POST', '/projects', { name: `Shop ${randomBytes(3).toString('hex')}`, ...fields });
    shop.flow = shop.project.default_flow_id;
    const settings = { email, phone, biometric };
    for (const method of methods) {
      await api.do('PUT', `/flows/${shop.flow}/methods/${method}`, { enabled: true, ...settings[method] });
    }
    await api.do('PATCH', `/flows/${shop.flow}`, {
      redirect_urls: [site.redirectUrl],
      policy: { [policy]: methods },
      status: 'active',
      ...flow,
    });
    return shop;
  }

  get path() {
    return `/projects/${this.project.project_id}`;
  }

  loginUrl(wish = {}) {
    const query = new URLSearchParams({ redirect_url: this.site.redirectUrl, ...wish });
    return `/login/${this.project.slug}?${query}`;
  }

  inbox(destination) {
    return this.api
      .do('GET', `${this.path}/inbox?destination=${encodeURIComponent(destination)}`)
      .then((data) => data.items);
  }

  /** The newest code that went to a contact. */
  async code(destination) {
    const message = (await this.inbox(destination)).find((one) => one.otp);
    assert.ok(message, `no code went to ${destination}`);
    return message.otp;
  }

  async wrongCode(destination) {
    const code = await this.code(destination);
    return (code[0] === '0' ? '1' : '0') + code.slice(1);
  }

  /** What the site's server gets for a code. */
  exchange(code, verifier) {
    return this.api.do('POST', '/tokens/exchange', {
      code,
      redirect_url: this.site.redirectUrl,
      ...(verifier ? { code_verifier: verifier } : {}),
    });
  }
}

/** RFC 7636. */
export function makeVerifier() {
  const verifier = randomBytes(32).toString('base64url');
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') };
}

export function freshAddress() {
  return `ana-${randomBytes(5).toString('hex')}@example.com`;
}

/** A person with a browser of their own, on a network of their own. `page.faults` holds what must not be. */
export async function openVisitor(browser, server, site, options = {}) {
  const page = await openPage(browser, server.url, {
    locale: 'en-US',
    extraHTTPHeaders: { 'X-Forwarded-For': freshNetwork() },
    ...options,
  });
  page.badThings = () => page.faults.filter((fault) => !fault.startsWith(`asked ${site.url}/`));
  return page;
}

/** From the login page to the field for the code. */
export async function askForCode(page, shop, address, wish = {}) {
  await page.goto(shop.loginUrl(wish));
  await page.getByLabel('Email address').fill(address);
  await page.keyboard.press('Enter');
  await page.getByLabel('Code').waitFor();
}

/** Waits until the browser is at the site, and returns the address that it came to. */
export async function arrive(page, site) {
  await page.waitForURL((url) => url.href.startsWith(site.redirectUrl));
  return new URL(page.url());
}
