import type { Accessd } from './client.js';
import type { BodyOf, DataOf, Schemas } from './types.js';

const AT_ONCE = 500; // Digests under way together; more wins nothing.

/** A login that a browser opened by itself. It reaches that login alone, for a quarter of an hour. */
export class BrowserLogin {
  #accessd: Accessd;
  #token: string;

  constructor(
    accessd: Accessd,
    /** Its id, methods and policy, and until when it is good. */
    readonly opened: DataOf<'openLogin'>,
  ) {
    this.#accessd = accessd;
    this.#token = opened.login_token;
  }

  sendEmail(email: string, language?: Schemas['Language']): Promise<Schemas['SentOtp']> {
    return this.#accessd.email.sendOtp({ email, language }, { token: this.#token });
  }

  sendSms(phone: string, language?: Schemas['Language']): Promise<Schemas['SentOtp']> {
    return this.#accessd.phone.sendSms({ phone, language }, { token: this.#token });
  }

  sendWhatsApp(phone: string, language?: Schemas['Language']): Promise<Schemas['SentOtp']> {
    return this.#accessd.phone.sendWhatsApp({ phone, language }, { token: this.#token });
  }

  /** Once `login.status` is `complete`, `redirect_url` is where the browser goes: your server gets the code there. */
  async verifyEmail(body: { email: string; otp: string; validation_id: string }): Promise<Schemas['ValidatedByBrowser']> {
    return this.#accessd.email.verifyOtp(body, { token: this.#token });
  }

  async verifyPhone(body: { phone: string; otp: string; validation_id: string }): Promise<Schemas['ValidatedByBrowser']> {
    return this.#accessd.phone.verifyOtp(body, { token: this.#token });
  }

  async status(): Promise<Schemas['LoginOfBrowser']> {
    return this.#accessd.call('getLogin', { path: { login_id: this.opened.login_id }, token: this.#token });
  }
}

/** Opens a login of a browser, its proof of work included (docs/browsers.md). */
export async function openBrowserLogin(accessd: Accessd, wish: Omit<BodyOf<'openLogin'>, 'proof'>): Promise<BrowserLogin> {
  const { challenge, difficulty } = await accessd.call('createChallenge', { body: { project: wish.project } });
  const opened = await accessd.call('openLogin', { body: { ...wish, proof: await solve(challenge, difficulty) } });
  return new BrowserLogin(accessd, opened);
}

/** The first number whose SHA-256 after the challenge begins with so many zero bits. */
export async function solve(challenge: string, difficulty: number): Promise<string> {
  const encoder = new TextEncoder();
  for (let first = 0; ; first += AT_ONCE) {
    const proofs = Array.from({ length: AT_ONCE }, (_, at) => `${challenge}.${first + at}`);
    const digests = await Promise.all(proofs.map((proof) => crypto.subtle.digest('SHA-256', encoder.encode(proof))));
    const found = digests.findIndex((digest) => zeroBits(new Uint8Array(digest)) >= difficulty);
    if (found >= 0) return proofs[found]!;
  }
}

function zeroBits(digest: Uint8Array): number {
  const bytes = digest.findIndex((byte) => byte !== 0);
  return bytes < 0 ? digest.length * 8 : bytes * 8 + Math.clz32(digest[bytes]!) - 24;
}
