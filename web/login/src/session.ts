import { ask, freshKey, type ApiError, type Outcome } from './api';
import type { Method, MethodSettings, PhoneChannel, Policy, PublicProject, Wish } from './context';
import type { Language } from './language';
import { ProofInAdvance, solved, type Challenge } from './proof';

export type Channel = 'email' | PhoneChannel;

/** Where a code goes. */
export interface Contact {
  method: 'email' | 'phone';
  /** As it is sent to the server: an address, or a number that starts with +. */
  value: string;
}

export interface SentCode {
  validation_id: string;
  expires_at: string;
  channel: Channel;
  destination: string;
  attempts_remaining: number;
  resend_after_seconds: number;
  login_id: string;
}

export interface LoginState {
  login_id: string;
  status: 'complete' | 'incomplete';
  remaining_methods: Method[];
}

export interface Verified {
  validation_id: string;
  status: string;
  login: LoginState;
  redirect_url?: string;
}

interface OpenedLogin {
  login_id: string;
  login_token: string;
  methods: MethodSettings[];
  policy: Policy;
}

/** What GET /logins/{login_id} tells a browser of its own login. */
export interface LoginView {
  login_id: string;
  status: string;
  remaining_methods: Method[];
}

const SOLVE_AGAIN_MAX = 3;

/** One login of this browser. Its token lives here, in memory, and nowhere else. */
export class LoginSession {
  #project: PublicProject;
  #wish: Wish;
  #proof: ProofInAdvance;
  #token: string | null = null;
  #loginId: string | null = null;
  #opening: Promise<Outcome<void>> | null = null;

  constructor(project: PublicProject, wish: Wish) {
    this.#project = project;
    this.#wish = wish;
    this.#proof = new ProofInAdvance(project.slug);
  }

  get isOpen(): boolean {
    return this.#token !== null;
  }

  get token(): string | null {
    return this.#token;
  }

  /** Called when the person begins to type: what the server asks for takes a moment. */
  prepare(): void {
    if (!this.isOpen) this.#proof.begin();
  }

  /** Opens the login, once. */
  async open(): Promise<Outcome<void>> {
    if (this.isOpen) return { ok: true, value: undefined };
    this.#opening ??= this.#openNow().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #openNow(): Promise<Outcome<void>> {
    let proof = await this.#proof.take();
    for (let round = 0; ; ++round) {
      if (!proof.ok) return proof;
      const opened = await ask<OpenedLogin>('/public/logins', {
        body: this.#openingBody(proof.value),
        idempotencyKey: freshKey(),
      });
      if (opened.ok) {
        this.#token = opened.value.login_token;
        this.#loginId = opened.value.login_id;
        return { ok: true, value: undefined };
      }
      if (opened.error.code !== 'CHALLENGE_REQUIRED' || round >= SOLVE_AGAIN_MAX) return opened;
      proof = await solved(opened.error.details as unknown as Challenge);
    }
  }

  #openingBody(proof: string): Record<string, string> {
    const body: Record<string, string> = {
      project: this.#project.slug,
      redirect_url: this.#wish.redirectUrl,
      proof,
    };
    if (this.#wish.state) body.state = this.#wish.state;
    if (this.#wish.codeChallenge) body.code_challenge = this.#wish.codeChallenge;
    if (this.#wish.flowId) body.flow_id = this.#wish.flowId;
    return body;
  }

  /** Sends a code, or the one from before again. */
  async send(contact: Contact, channel: Channel, language: Language): Promise<Outcome<SentCode>> {
    const opened = await this.open();
    if (!opened.ok) return opened;
    const path = { email: '/email/send-otp', sms: '/phone/send-sms', whatsapp: '/phone/send-whatsapp' }[channel];
    return this.call<SentCode>(path, { [contact.method]: contact.value, language });
  }

  /** Gives the code back. */
  verify(contact: Contact, validationId: string, otp: string): Promise<Outcome<Verified>> {
    return this.call<Verified>(`/${contact.method}/verify-otp`, {
      [contact.method]: contact.value,
      otp,
      validation_id: validationId,
    });
  }

  /** Ends a code that is no longer wanted. Whether that works changes nothing for the person. */
  cancel(validationId: string): void {
    void this.call(`/validations/${validationId}/cancel`, {});
  }

  /** How far the login is: the link in a mail may have moved it on in another tab. */
  look(): Promise<Outcome<LoginView>> {
    return ask<LoginView>(`/logins/${this.#loginId}`, { method: 'GET', token: this.#token });
  }

  /** Another code for the site: the one from before is good for a minute only. */
  renewCode(): Promise<Outcome<{ redirect_url: string }>> {
    return this.call(`/logins/${this.#loginId}/code`, {});
  }

  /** Ends the consent of whom this login has shown, and destroys everything about their face. */
  withdrawConsent(): Promise<Outcome<{ faces_destroyed: number }>> {
    return this.call('/biometric/withdraw-consent', {});
  }

  call<T>(path: string, body: unknown): Promise<Outcome<T>> {
    return ask<T>(path, { body, token: this.#token, idempotencyKey: freshKey() });
  }
}

/** Whether nothing more can come of this login, and only a new one helps. */
export function endsLogin(error: ApiError): boolean {
  return (
    error.status === 401 ||
    error.code === 'LOGIN_NOT_FOUND' || error.code === 'LOGIN_EXPIRED' || error.code === 'LOGIN_COMPLETE' ||
    (error.code === 'RATE_LIMITED' && error.details.scope === 'login_sends')
  );
}
