/** What a site needs of accessd: where to send people, and who came back. */
import { createHash, randomBytes } from 'node:crypto';

export interface Settings {
  url: string; // Of accessd: "https://login.example.com".
  project: string; // Its slug.
  clientId: string;
  clientSecret: string;
  redirectUrl: string; // Of this site, on the flow's list, letter for letter.
}

/** A login that has begun. All of it stays on this server, in the person's session. */
export interface BegunLogin {
  state: string;
  verifier: string;
}

export interface Person {
  user_id: string;
  email: string | null;
  phone: string | null;
  name: string | null;
}

export class Accessd {
  #settings: Settings;
  #token = '';
  #tokenGoodUntil = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get url(): string {
    return this.#settings.url;
  }

  /** `state` ties the answer to this browser's session, `verifier` to this server. */
  begin(): BegunLogin {
    return { state: randomBytes(16).toString('base64url'), verifier: randomBytes(32).toString('base64url') };
  }

  /** What the login page is asked for. Everybody may see it. */
  wish(login: BegunLogin): Record<string, string> {
    return {
      project: this.#settings.project,
      redirect_url: this.#settings.redirectUrl,
      state: login.state,
      code_challenge: createHash('sha256').update(login.verifier).digest('base64url'),
    };
  }

  loginUrl(login: BegunLogin): string {
    const { project, ...query } = this.wish(login);
    return `${this.#settings.url}/login/${project}?${new URLSearchParams(query)}`;
  }

  /** Who logged in. Null: the code is not good, was used, or belongs to another login. */
  async exchange(code: string, login: BegunLogin): Promise<Person | null> {
    const answer = await this.#post(
      '/tokens/exchange',
      { code, redirect_url: this.#settings.redirectUrl, code_verifier: login.verifier },
      await this.#apiToken(),
    );
    if (answer.success) return (answer.data as { user: Person }).user;
    if (answer.code === 'INVALID_CODE') return null;
    throw new Error(`accessd refused the exchange: ${answer.code}`);
  }

  /** A token for this server's key. One is good for an hour, and is asked for again a minute before. */
  async #apiToken(): Promise<string> {
    if (Date.now() < this.#tokenGoodUntil) return this.#token;
    const answer = await this.#post('/auth/token', {
      client_id: this.#settings.clientId,
      client_secret: this.#settings.clientSecret,
    });
    if (!answer.success) throw new Error(`accessd refused this site's key: ${answer.code}`);
    const { access_token: token, expires_in: seconds } = answer.data as { access_token: string; expires_in: number };
    this.#token = token;
    this.#tokenGoodUntil = Date.now() + (seconds - 60) * 1000;
    return token;
  }

  async #post(path: string, body: object, token?: string): Promise<Envelope> {
    const answer = await fetch(`${this.#settings.url}/v2/access${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    return (await answer.json()) as Envelope;
  }
}

type Envelope = { success: true; data: unknown } | { success: false; code: string };
