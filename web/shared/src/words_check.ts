import { expect } from 'vitest';

import { placeholders } from './words.ts';

/** A dictionary as apps have them: texts, functions that make texts, and groups of both. */
type Words = string | ((...values: number[]) => Words) | { [key: string]: Words };

/** Each text by its path. Functions are called with numbers, which every text can hold. */
function* texts(words: Words, path: string): Generator<[string, string]> {
  if (typeof words === 'string') yield [path, words];
  else if (typeof words === 'function') yield* texts(words(2, 3), path);
  else for (const [key, part] of Object.entries(words)) yield* texts(part, path ? `${path}.${key}` : key);
}

const isWord = (text: string) => /\p{L}/u.test(text);

/**
 * For tests: translations have the same keys and placeholders as the first, and none is empty or left in English. `alike`: texts
 * that are one word in two languages, and names.
 */
export function expectSameWords(dictionaries: object[], alike: string[] = []) {
  const [first, ...others] = dictionaries.map((words) => new Map(texts(words as Words, '')));
  for (const other of others) {
    expect([...other.keys()].sort()).toEqual([...first!.keys()].sort());
    for (const [key, text] of other) {
      const original = first!.get(key) ?? '';
      expect(text.trim(), key).not.toBe('');
      expect(placeholders(text), key).toEqual(placeholders(original));
      if (isWord(original) && !alike.includes(original)) expect(text.toLowerCase(), `${key} is still in English`).not.toBe(original.toLowerCase());
    }
  }
}
