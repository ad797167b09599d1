/** Texts in several languages, complete by type. `{name}` in a text is replaced by what the caller hands in. */

export const languages = ['en', 'es', 'pt'] as const;
export type Language = (typeof languages)[number];

/** The same keys in every language: a missing one doesn't compile. */
export type Dictionary<Key extends string> = Record<Key, string>;

type Values = Record<string, string | number>;

export interface Translator<Key extends string> {
  (key: Key, values?: Values): string;
  language: Language;
}

/** Fills `{name}`. A name without a value stays visible, so that tests and readers notice it. */
export function fill(text: string, values: Values = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function translator<Key extends string>(
  dictionaries: Record<Language, Dictionary<Key>>,
  language: Language,
): Translator<Key> {
  const translate = (key: Key, values?: Values) => fill(dictionaries[language][key], values);
  return Object.assign(translate, { language });
}

/** The first language of ours among those that a browser prefers. */
export function preferredLanguage(preferred: readonly string[], fallback: Language = 'en'): Language {
  for (const tag of preferred) {
    const found = languages.find((one) => tag.toLowerCase().split('-')[0] === one);
    if (found) return found;
  }
  return fallback;
}

/** Names in braces, sorted: what translations of one text must agree about. */
export function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
}
