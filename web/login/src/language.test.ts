import { expect, test } from 'vitest';
import { allWords, chooseLanguage, clockTime, timeInWords } from './language';

test('the address decides, then the browser, then the project', () => {
  expect(chooseLanguage('es', ['pt-BR'], 'en')).toBe('es');
  expect(chooseLanguage('xx', ['de-DE', 'PT-br', 'es'], 'en')).toBe('pt');
  expect(chooseLanguage(null, ['de-DE'], 'es')).toBe('es');
  expect(chooseLanguage(null, [], 'pt')).toBe('pt');
});

test('times are said so that nobody comes too early', () => {
  expect(timeInWords(0.2, 'en')).toBe('1 second');
  expect(timeInWords(28, 'es')).toBe('28 segundos');
  expect(timeInWords(61, 'en')).toBe('2 minutes');
  expect(timeInWords(3600, 'pt')).toBe('1 hora');
  expect(timeInWords(86_400, 'en')).toBe('1 day');
  expect([clockTime(0), clockTime(9.2), clockTime(600)]).toEqual(['0:00', '0:10', '10:00']);
});

/** Every sentence of a language, with its path; functions are called with something. */
function sentences(words: object, path = ''): [string, string][] {
  return Object.entries(words).flatMap(([name, value]: [string, unknown]) => {
    const at = `${path}.${name}`;
    if (typeof value === 'string') return [[at, value] as [string, string]];
    if (typeof value === 'function') return sentences({ '()': (value as (...a: unknown[]) => unknown)(2, 3) }, at);
    return sentences(value as object, at);
  });
}

test('every language says everything, in words of its own', () => {
  const [en, es, pt] = [allWords.en, allWords.es, allWords.pt].map((words) => new Map(sentences(words)));
  expect([...es!.keys()]).toEqual([...en!.keys()]);
  expect([...pt!.keys()]).toEqual([...en!.keys()]);
  for (const [at, text] of en!) {
    expect(text.trim(), at).not.toBe('');
    // Short things may be the same in two languages; whole sentences may not.
    if (text.length > 14) expect([es!.get(at), pt!.get(at)], at).not.toContain(text);
    if (text.length > 30) expect(es!.get(at), at).not.toBe(pt!.get(at));
  }
});
