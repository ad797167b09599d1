import { expect } from 'vitest';

import { placeholders } from './words.ts';

/** For tests: translations have the same keys and placeholders, and none is empty or left in English. */
export function expectSameWords(...dictionaries: Record<string, string>[]) {
  const [first = {}, ...others] = dictionaries;
  for (const other of others) {
    expect(Object.keys(other).sort()).toEqual(Object.keys(first).sort());
    for (const [key, text] of Object.entries(other)) {
      expect(text.trim(), key).not.toBe('');
      expect(placeholders(text), key).toEqual(placeholders(first[key] ?? ''));
    }
  }
}
