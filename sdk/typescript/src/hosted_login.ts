import type { Accessd } from './client.js';
import { AccessdError, HostedLoginError } from './errors.js';
import type { DataOf } from './types.js';

export interface HostedLoginWish {
  /** The project's `slug`. */
  project: string;
  /** One of the flow's `redirect_urls`, letter for letter. */
  redirectUrl: string;
  flowId?: string;
  language?: 'en' | 'es' | 'pt';
}

/** A login that has begun. Keep it in the person's session on your server; `url` alone goes to the browser. */
export interface BegunLogin {
  url: string;
  state: string;
  codeVerifier: string;
  redirectUrl: string;
}

/** Where to send a person who wants in, with a fresh `state` and PKCE. */
export async function beginHostedLogin(accessdUrl: string, wish: HostedLoginWish): Promise<BegunLogin> {
  const state = randomText(16);
  const codeVerifier = randomText(32);
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(codeVerifier));
  const query = new URLSearchParams({
    redirect_url: wish.redirectUrl,
    state,
    code_challenge: toBase64Url(new Uint8Array(digest)),
    ...(wish.flowId ? { flow_id: wish.flowId } : {}),
    ...(wish.language ? { language: wish.language } : {}),
  });
  const url = `${accessdUrl}/login/${encodeURIComponent(wish.project)}?${query}`;
  return { url, state, codeVerifier, redirectUrl: wish.redirectUrl };
}

/**
 * Who came back. `visited` is the address that the browser came to, or its query. `begun` is what the same person's
 * session kept; it is good once, so take it out of the session first.
 *
 * Throws HostedLoginError when nobody is logged in by it, AccessdError and NoAnswerError as every call does.
 */
export async function finishHostedLogin(
  accessd: Accessd,
  visited: string | URL | URLSearchParams,
  begun: BegunLogin,
): Promise<DataOf<'exchangeLoginCode'>> {
  const query = queryOf(visited);
  // First of all: what comes with another state is of another browser's login, refusals included.
  if (query.get('state') !== begun.state) {
    throw new HostedLoginError('other_state', 'the answer belongs to a login that this session did not begin');
  }
  if (query.get('error') !== null) throw new HostedLoginError('denied', 'the person turned back');
  const code = query.get('code');
  if (!code) throw new HostedLoginError('no_code', 'the answer has no code');
  try {
    return await accessd.tokens.exchange({ code, redirect_url: begun.redirectUrl, code_verifier: begun.codeVerifier });
  } catch (error) {
    if (!(error instanceof AccessdError && error.is('INVALID_CODE'))) throw error;
    throw new HostedLoginError('invalid_code', 'the code was used, is over a minute old, or belongs to another login');
  }
}

function queryOf(visited: string | URL | URLSearchParams): URLSearchParams {
  if (visited instanceof URLSearchParams) return visited;
  if (visited instanceof URL) return visited.searchParams;
  return new URLSearchParams(visited.slice(visited.indexOf('?') + 1).replace(/#.*$/, ''));
}

function randomText(bytes: number): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(bytes)));
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
