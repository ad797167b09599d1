import type { FailureCode } from '../api/client.ts';
import { type Language, fill } from '../words.ts';
import { errorsEn } from './errors.en.ts';
import { errorsEs } from './errors.es.ts';
import { errorsPt } from './errors.pt.ts';

const words: Record<Language, Record<FailureCode, string>> = { en: errorsEn, es: errorsEs, pt: errorsPt };

/** What a code means for the person who reads it. `seconds` is the time to wait, where there is one. */
export function errorWords(language: Language, code: FailureCode, seconds?: number): string {
  return fill(words[language][code] ?? words[language].INTERNAL, { wait: waitWords(language, seconds) });
}

/** "12 seconds", "3 minutes", "2 hours"; "a moment" where nobody knows. */
export function waitWords(language: Language, seconds?: number): string {
  if (seconds === undefined) return { en: 'a moment', es: 'un momento', pt: 'um momento' }[language];
  const [value, unit] =
    seconds < 90 ? [seconds, 'second'] : seconds < 5400 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit: unit as string,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(Math.ceil(value as number));
}
