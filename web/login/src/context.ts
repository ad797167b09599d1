import type { Language } from './language';

export type Method = 'email' | 'phone' | 'biometric';
export type PhoneChannel = 'sms' | 'whatsapp';

export interface EmailSettings {
  method: 'email';
  otp_length: number;
  magic_link: boolean;
}
export interface PhoneSettings {
  method: 'phone';
  otp_length: number;
  channels: PhoneChannel[];
  /** Where codes may go: ISO 3166-1 alpha-2, or "*" for everywhere. */
  countries: string[];
}
export interface BiometricSettings {
  method: 'biometric';
  liveness_required: boolean;
  require_consent: boolean;
  suggest_enrolment: boolean;
}
export type MethodSettings = EmailSettings | PhoneSettings | BiometricSettings;
export type Policy = { any: Method[] } | { all: Method[] };

export interface Branding {
  logo_url: string | null;
  primary_color: string | null;
  background_color: string | null;
  text_color: string | null;
  image_url: string | null;
}

/** What GET /v2/access/public/projects/{slug} says. */
export interface PublicProject {
  name: string;
  slug: string;
  test: boolean;
  languages: Language[];
  default_language: Language;
  branding: Branding;
  privacy_url: string | null;
  terms_url: string | null;
  methods: MethodSettings[];
  policy: Policy | null;
}

/** Why the server knows before anybody types that no login comes of this. */
export type PageProblem = 'project' | 'address' | 'paused' | 'unavailable';

/** What the site that sent the person here wants. */
export interface Wish {
  redirectUrl: string;
  state: string | null;
  codeChallenge: string | null;
  flowId: string | null;
  isPopup: boolean;
}

export interface Context {
  project: PublicProject | null;
  problem: PageProblem | null;
  wish: Wish;
}

/** What the server wrote into the page, and what its address asks for. */
export function readContext(page: Document, address: URLSearchParams): Context {
  const told = JSON.parse(page.getElementById('login-data')?.textContent || '{}') as Partial<Context>;
  return {
    project: told.project ?? null,
    problem: told.problem ?? (told.project ? null : 'unavailable'),
    wish: {
      redirectUrl: address.get('redirect_url') ?? '',
      state: address.get('state'),
      codeChallenge: address.get('code_challenge'),
      flowId: address.get('flow_id'),
      isPopup: address.get('display') === 'popup',
    },
  };
}

export function settingsOf<M extends Method>(
  project: PublicProject,
  method: M,
): Extract<MethodSettings, { method: M }> | undefined {
  return project.methods.find((one) => one.method === method) as Extract<MethodSettings, { method: M }> | undefined;
}
