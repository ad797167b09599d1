import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';

function zeroBits(digest: Uint8Array): number {
  let bits = 0;
  for (const byte of digest) {
    if (byte !== 0) return bits + Math.clz32(byte) - 24;
    bits += 8;
  }
  return bits;
}

/** The text whose SHA-256 starts with so many zero bits: challenge, dot, number. */
export function solve(challenge: string, difficulty: number): string {
  const start = sha256.create().update(utf8ToBytes(`${challenge}.`));
  for (let number = 0; ; ++number) {
    const digest = start.clone().update(utf8ToBytes(String(number))).digest();
    if (zeroBits(digest) >= difficulty) return `${challenge}.${number}`;
  }
}
