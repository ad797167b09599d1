import type { CountryCode } from 'libphonenumber-js/min';
import type { Country } from './countries';

/** What a person typed, as a number that begins with + and has lost its trunk prefix (the "0" of 0171…). */
export async function toInternational(typed: string, country: Country): Promise<string> {
  const text = typed.normalize('NFKC').trim();
  try {
    const { parsePhoneNumberFromString: parse } = await import('libphonenumber-js/min');
    const parsed = parse(text, country.id as CountryCode);
    if (parsed) return parsed.number;
  } catch {
    // Without the library the server has the last word on what was typed.
  }
  return plainInternational(text, country);
}

export function plainInternational(text: string, country: Country): string {
  const digits = text.replace(/[^0-9]/g, '');
  if (text.startsWith('+')) return `+${digits}`;
  if (text.startsWith('00')) return `+${digits.slice(2)}`;
  return `+${country.dialCode}${digits.replace(/^0/, '')}`;
}

/** Loads the library while the person types. */
export function warmUp(): void {
  void import('libphonenumber-js/min').catch(() => undefined);
}
