import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { BegunLogin, Person } from './accessd.js';

export interface Session {
  login: BegunLogin | null; // Begun, not finished.
  person: Person | null; // Logged in.
  endsAt: number;
}

const LIFE_MS = 8 * 60 * 60_000;
const SESSIONS_MAX = 10_000; // A real site keeps them in its database.

/** Sessions in memory, each behind a cookie that scripts can't read. */
export class Sessions {
  #sessions = new Map<string, Session>();
  #cookie: string;
  #attributes: string;

  constructor(siteUrl: string) {
    const isSecure = siteUrl.startsWith('https:');
    this.#cookie = isSecure ? '__Host-session' : 'session';
    // Lax and not Strict: coming back from the login page is a navigation from another site.
    this.#attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  }

  find(request: IncomingMessage): Session | null {
    const id = this.#idOf(request);
    const session = id === null ? undefined : this.#sessions.get(id);
    return session && session.endsAt > Date.now() ? session : null;
  }

  /** A new session under a new id, which nobody can have known before; the old one ends. */
  renew(request: IncomingMessage, response: ServerResponse, content: Omit<Session, 'endsAt'>): void {
    this.end(request, response);
    if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.delete(this.#sessions.keys().next().value!);
    const id = randomBytes(32).toString('base64url');
    this.#sessions.set(id, { ...content, endsAt: Date.now() + LIFE_MS });
    response.setHeader('Set-Cookie', `${this.#cookie}=${id}; ${this.#attributes}`);
  }

  end(request: IncomingMessage, response: ServerResponse): void {
    const id = this.#idOf(request);
    if (id === null) return;
    this.#sessions.delete(id);
    response.setHeader('Set-Cookie', `${this.#cookie}=; Max-Age=0; ${this.#attributes}`);
  }

  #idOf(request: IncomingMessage): string | null {
    for (const pair of (request.headers.cookie ?? '').split('; ')) {
      const [name, value] = pair.split('=', 2);
      if (name === this.#cookie && value) return value;
    }
    return null;
  }
}
