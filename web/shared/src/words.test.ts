import { describe, expect, it } from 'vitest';

import { fill, placeholders, preferredLanguage, translator } from './words.ts';
import { errorsEn } from './words/errors.en.ts';
import { errorsEs } from './words/errors.es.ts';
import { errorsPt } from './words/errors.pt.ts';
import { errorWords, waitWords } from './words/errors.ts';
import { expectSameWords } from './words_check.ts';

describe('words', () => {
  it('fills names and leaves unknown ones visible', () => {
    expect(fill('Hello {name}, {count} left', { name: 'Ana' })).toBe('Hello Ana, {count} left');
    expect(placeholders('{b} and {a}')).toEqual(['a', 'b']);
  });

  it('takes the first language of ours that a browser prefers', () => {
    expect(preferredLanguage(['de-AT', 'pt-BR', 'es'])).toBe('pt');
    expect(preferredLanguage(['fr'])).toBe('en');
  });

  it('translates by key', () => {
    const t = translator({ en: { a: 'one' }, es: { a: 'uno' }, pt: { a: 'um' } }, 'es');
    expect(t('a')).toBe('uno');
  });
});

describe('errors', () => {
  it('are complete in every language', () => expectSameWords([errorsEn, errorsEs, errorsPt]));

  it('say how long to wait', () => {
    expect(errorWords('en', 'RATE_LIMITED', 42)).toBe('Too many tries. Wait 42 seconds and try again.');
    expect(errorWords('es', 'BUSY')).toContain('un momento');
    expect(waitWords('pt', 300)).toBe('5 minutos');
  });
});
