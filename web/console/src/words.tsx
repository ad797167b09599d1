import { type Language, type Translator, languages, preferredLanguage, translator } from '@accessd/shared/words.ts';
import { errorWords } from '@accessd/shared/words/errors.ts';
import { type ReactNode, createContext, useContext, useEffect, useMemo, useState } from 'react';

import { ApiError } from './api.ts';
import { en } from './words/en.ts';
import { es } from './words/es.ts';
import { pt } from './words/pt.ts';
import { told } from './words/told.ts';

export type WordKey = keyof typeof en;
/** For keys that are made of the API's names, where those aren't an enumeration. */
export const isWordKey = (key: string): key is WordKey => key in en;
const storageKey = 'accessd.language';

interface Words {
  t: Translator<WordKey>;
  setLanguage: (language: Language) => void;
}
const WordsContext = createContext<Words | undefined>(undefined);

function firstLanguage(): Language {
  const kept = localStorage.getItem(storageKey);
  return languages.find((one) => one === kept) ?? preferredLanguage(navigator.languages);
}

export function WordsProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const words = useMemo<Words>(
    () => ({
      t: translator({ en, es, pt }, language),
      setLanguage: (next) => {
        localStorage.setItem(storageKey, next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <WordsContext value={words}>{children}</WordsContext>;
}

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error('useWords: no WordsProvider above');
  return words;
}
export const useT = () => useWords().t;

/** For sentences that the API writes for people: in the language of the page where we know them. */
export function useTold() {
  const { language } = useT();
  return (text: string) => told(text, language);
}

/** A failure in words for the person who met it, with what the API says about single fields. */
export function useErrorWords() {
  const { language } = useT();
  return (problem: unknown): string => {
    if (!(problem instanceof ApiError)) return errorWords(language, 'INTERNAL');
    const words = errorWords(language, problem.code, problem.waitSeconds);
    const fields = problem.fields.map(({ field, issue }) => `${field}: ${told(issue, language)}`);
    const specific = ['CONFLICT', 'FLOW_NOT_READY', 'NO_PROVIDER', 'URL_NOT_ALLOWED'].includes(problem.code);
    return [words, ...fields, ...(specific && fields.length === 0 ? [problem.message] : [])].join(' ');
  };
}

/** What is wrong with which field, for the form that holds them. */
export function useIssues() {
  const told = useTold();
  return (problem: ApiError) => Object.fromEntries(problem.fields.map(({ field, issue }) => [field, told(issue)]));
}

/** Times, numbers and durations in the language of the page. */
export function useFormats() {
  const { language } = useT();
  return useMemo(() => {
    const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
    const exact = new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'long' });
    const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' });
    const hour = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit' });
    const number = new Intl.NumberFormat(language);
    const percent = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 0 });
    return {
      dateTime: (at: string) => dateTime.format(new Date(at)),
      exact: (at: string) => exact.format(new Date(at)),
      clock: (at: string) => clock.format(new Date(at)),
      day: (at: string) => day.format(new Date(at)),
      hour: (at: string) => hour.format(new Date(at)),
      number: (value: number) => number.format(value),
      percent: (part: number, whole: number) => (whole === 0 ? '–' : percent.format(part / whole)),
    };
  }, [language]);
}
