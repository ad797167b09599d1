import { settingsOf, type PublicProject } from './context';

const AGAIN_AFTER_MS = 30 * 24 * 3600 * 1000;

/** The only thing that the page keeps in a browser: when it last offered to set a face up. It says nothing of anybody. */
const keyOf = (project: PublicProject) => `accessd.face-offered.${project.slug}`;

/** Whether somebody who logged in without a face is asked to set one up: where the project wants it, once a month. */
export function offersFace(project: PublicProject, storage: Pick<Storage, 'getItem'> = localStorage, now = Date.now()): boolean {
  if (!settingsOf(project, 'biometric')?.suggest_enrolment) return false;
  try {
    return now - Number(storage.getItem(keyOf(project)) ?? 0) > AGAIN_AFTER_MS;
  } catch {
    return false; // A browser that keeps nothing can't remember a "not now" either.
  }
}

export function noteOffer(project: PublicProject, storage: Pick<Storage, 'setItem'> = localStorage, now = Date.now()): void {
  try {
    storage.setItem(keyOf(project), String(now));
  } catch {
    // Asked again next time, then.
  }
}
