import { en } from './words/en';
import { es } from './words/es';
import { pt } from './words/pt';
import type { Words } from './words/words';

export type Language = 'en' | 'es' | 'pt';

export const allWords: Record<Language, Words> = { en, es, pt };

export function isLanguage(text: string | null | undefined): text is Language {
  return text === 'en' || text === 'es' || text === 'pt';
}

/** The language asked for in the address, else the first of the browser's that we speak, else the project's. */
export function chooseLanguage(asked: string | null, browser: readonly string[], fallback: Language): Language {
  if (isLanguage(asked)) return asked;
  for (const tag of browser) {
    const language = tag.slice(0, 2).toLowerCase();
    if (isLanguage(language)) return language;
  }
  return fallback;
}

/** "28 seconds", "2 minutes", "1 hour", in words; rounded up, so that nobody comes too early. */
export function timeInWords(seconds: number, language: Language): string {
  const [amount, unit] =
    seconds < 60 ? [Math.max(1, Math.ceil(seconds)), 'second']
    : seconds < 3600 ? [Math.ceil(seconds / 60), 'minute']
    : seconds < 86400 ? [Math.ceil(seconds / 3600), 'hour']
    : [Math.ceil(seconds / 86400), 'day'];
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(amount);
}

/** "0:28", for what counts down. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
