import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import type { Accessd } from './accessd.js';
import { homePage } from './pages.js';
import { Sessions } from './sessions.js';

const BODY_BYTES_MAX = 4096;
const FILES: Record<string, string> = { '/site.js': 'text/javascript', '/site.css': 'text/css' };

/** The site: a home page, a login by redirect or in a window, and a way out. */
export class Site {
  #accessd: Accessd;
  #url: string;
  #sessions: Sessions;

  constructor(accessd: Accessd, url: string) {
    this.#accessd = accessd;
    this.#url = url;
    this.#sessions = new Sessions(url);
  }

  listen(port: number): Promise<Server> {
    const server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        console.error(error); // Never to the browser.
        if (!response.headersSent) response.writeHead(502);
        response.end('Logging in does not work right now. Try again in a minute.');
      });
    });
    return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server)));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.#url);
    response.setHeader('Cache-Control', 'no-store');
    // Not no-referrer: browsers would send our own forms' Origin as "null".
    response.setHeader('Referrer-Policy', 'same-origin');
    response.setHeader('X-Content-Type-Options', 'nosniff');
    // Forms and scripts of other sites may send requests, too; their Origin says so.
    if (request.method === 'POST' && request.headers.origin !== new URL(this.#url).origin) {
      response.writeHead(403).end();
      return;
    }
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /': return this.#home(request, response, url);
      case 'GET /login': return this.#login(request, response);
      case 'POST /login/begin': return this.#begin(request, response);
      case 'GET /signed-in': return this.#cameBack(request, response, url);
      case 'POST /signed-in': return this.#windowAnswered(request, response);
      case 'POST /logout': return this.#logout(request, response);
    }
    const type = FILES[url.pathname];
    if (request.method === 'GET' && type) {
      response.setHeader('Content-Type', `${type}; charset=utf-8`);
      response.end(await readFile(new URL(`../public${url.pathname}`, import.meta.url)));
      return;
    }
    response.writeHead(404).end('There is nothing here.');
  }

  async #home(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const note = url.searchParams.get('note') === 'failed' ? 'That did not work. Log in once more.' : '';
    response.setHeader('Content-Type', 'text/html; charset=utf-8');
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; script-src 'self' ${this.#accessd.url}; style-src 'self'; connect-src 'self'; ` +
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    response.end(homePage(this.#sessions.find(request)?.person ?? null, note, this.#accessd.url));
  }

  /** By redirect. */
  async #login(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const login = this.#accessd.begin();
    this.#sessions.renew(request, response, { login, person: null });
    redirect(response, this.#accessd.loginUrl(login));
  }

  /** In a window: the same, for accessd.open(). */
  async #begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const login = this.#accessd.begin();
    this.#sessions.renew(request, response, { login, person: null });
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(this.#accessd.wish(login)));
  }

  async #cameBack(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    if (url.searchParams.has('error')) return redirect(response, '/'); // They turned back.
    const isIn = await this.#finish(request, response, url.searchParams.get('code'), url.searchParams.get('state'));
    redirect(response, isIn ? '/' : '/?note=failed');
  }

  async #windowAnswered(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { code, state } = await readJson(request);
    const isIn = await this.#finish(request, response, code, state);
    response.writeHead(isIn ? 204 : 403).end();
  }

  /** The code counts only in the browser that began this very login. */
  async #finish(request: IncomingMessage, response: ServerResponse, code: unknown, state: unknown): Promise<boolean> {
    const login = this.#sessions.find(request)?.login;
    if (!login || typeof code !== 'string' || state !== login.state) return false;
    const person = await this.#accessd.exchange(code, login);
    if (!person) return false;
    this.#sessions.renew(request, response, { login: null, person });
    return true;
  }

  async #logout(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#sessions.end(request, response);
    redirect(response, '/');
  }
}

function redirect(response: ServerResponse, to: string): void {
  response.writeHead(303, { Location: to }).end();
}

async function readJson(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > BODY_BYTES_MAX) throw new Error('the body is too long');
  }
  const body: unknown = JSON.parse(text);
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
