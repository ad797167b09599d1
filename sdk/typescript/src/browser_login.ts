import type { Accessd } from './client.js';
import type { BodyOf, DataOf } from './types.js';

const AT_ONCE = 500; // Digests under way together; more wins nothing.

/**
 * Opens a login of a browser, its proof of work included (docs/browsers.md). Its `login_token` goes into another client:
 * `new Accessd({ url, token: login.login_token })`.
 */
export async function openBrowserLogin(
  accessd: Accessd,
  wish: Omit<BodyOf<'openLogin'>, 'proof'>,
): Promise<DataOf<'openLogin'>> {
  const { challenge, difficulty } = await accessd.call('createChallenge', { body: { project: wish.project } });
  return accessd.call('openLogin', { body: { ...wish, proof: await solve(challenge, difficulty) } });
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
