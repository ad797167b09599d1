import codes from 'virtual:dial-codes';
import type { Language } from '../language';

export interface Country {
  id: string; // ISO 3166-1 alpha-2.
  name: string;
  dialCode: string; // Digits, without +.
}

const dialCodes = new Map(codes.split(' ').map((entry) => [entry.slice(0, 2), entry.slice(2)] as const));

/** The countries that codes may go to, by name. `allowed` holds "*" for all of them. */
export function countriesOf(allowed: readonly string[], language: Language): Country[] {
  const names = new Intl.DisplayNames([language], { type: 'region' });
  const order = new Intl.Collator(language);
  const countries: Country[] = [];
  for (const [id, dialCode] of dialCodes) {
    if (allowed.includes('*') || allowed.includes(id)) countries.push({ id, name: names.of(id) ?? id, dialCode });
  }
  return countries.sort((one, other) => order.compare(one.name, other.name));
}

/** Where the person probably is: the region of the browser's languages, else where its clock is set. */
export function guessCountry(countries: readonly Country[], tags: readonly string[], timeZone: string): string {
  const known = new Set(countries.map((country) => country.id));
  for (const guess of [...tags.map(regionOf), zones[timeZone]]) {
    if (guess && known.has(guess)) return guess;
  }
  return countries[0]?.id ?? '';
}

function regionOf(tag: string): string | undefined {
  try {
    return new Intl.Locale(tag).region;
  } catch {
    return undefined;
  }
}

/** For browsers that tell only a language ("es"): the zones where many people live. */
const zones: Record<string, string> = {
  'Europe/Madrid': 'ES', 'Europe/Lisbon': 'PT', 'Europe/London': 'GB', 'Europe/Paris': 'FR', 'Europe/Berlin': 'DE',
  'Europe/Rome': 'IT', 'America/Sao_Paulo': 'BR', 'America/Mexico_City': 'MX', 'America/Bogota': 'CO',
  'America/Argentina/Buenos_Aires': 'AR', 'America/Santiago': 'CL', 'America/Lima': 'PE', 'America/New_York': 'US',
  'America/Chicago': 'US', 'America/Denver': 'US', 'America/Los_Angeles': 'US', 'Asia/Kolkata': 'IN',
};
