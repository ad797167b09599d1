/** The API token of a key: asked for when it is first needed, and again before it ends. */

export interface IssuedToken {
  access_token: string;
  expires_in: number;
}

const SPARE_SECONDS_MAX = 60; // A token is replaced this long before it ends, so that none ends on the way.

export class TokenKeeper {
  #ask: () => Promise<IssuedToken>;
  #token = '';
  #goodUntil = 0;
  #asking: Promise<string> | null = null;

  constructor(ask: () => Promise<IssuedToken>) {
    this.#ask = ask;
  }

  /** One for all who ask at the same time. */
  get(): Promise<string> {
    if (performance.now() < this.#goodUntil) return Promise.resolve(this.#token);
    this.#asking ??= this.#renew().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** The server took it no longer. Does nothing where another has come already. */
  drop(token: string): void {
    if (token === this.#token) this.#goodUntil = 0;
  }

  async #renew(): Promise<string> {
    const asked = performance.now();
    const issued = await this.#ask();
    const spare = Math.min(SPARE_SECONDS_MAX, issued.expires_in / 2);
    this.#token = issued.access_token;
    this.#goodUntil = asked + (issued.expires_in - spare) * 1000;
    return this.#token;
  }
}
