import { expect, test } from 'vitest';
import { solve } from './solve';

async function zeroBits(text: string): Promise<number> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  const bits = [...new Uint8Array(digest)].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return bits.indexOf('1');
}

test('a proof holds what another SHA-256 says of it', async () => {
  for (const difficulty of [0, 1, 7, 8, 9, 12]) {
    const challenge = `1~${difficulty}~1772443505000~nP2vZ0kX`;
    const proof = solve(challenge, difficulty);
    expect(proof.startsWith(`${challenge}.`)).toBe(true);
    expect(proof.slice(challenge.length + 1)).toMatch(/^[0-9]{1,32}$/);
    expect(await zeroBits(proof)).toBeGreaterThanOrEqual(difficulty);
  }
});
