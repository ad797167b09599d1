import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PublicProject, Wish } from './context';
import type { Language } from './language';
import type { LoginSession } from './session';
import type { Words } from './words/words';

/** What every step of the page needs. */
export interface LoginPage {
  project: PublicProject;
  wish: Wish;
  session: LoginSession;
  language: Language;
  words: Words;
}

export const PageContext = createContext<LoginPage | null>(null);

export function useLoginPage(): LoginPage {
  const page = useContext(PageContext);
  if (!page) throw new Error('a step stands outside the login page');
  return page;
}
