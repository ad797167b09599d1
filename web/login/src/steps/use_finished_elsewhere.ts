import { useEffect, useRef } from 'preact/hooks';
import type { LoginSession, LoginView } from '../session';

/** Often enough that a person who comes back from the mail sees it; seldom enough to cost nothing. */
const LOOK_EVERY_MS = 5000;

/** Watches for a link in a mail that moved the login on in another tab. */
export function useFinishedElsewhere(session: LoginSession, isWanted: boolean, onLook: (look: LoginView) => void) {
  const tell = useRef(onLook);
  tell.current = onLook;
  useEffect(() => {
    if (!isWanted) return undefined;
    let isOver = false;
    const look = async () => {
      if (document.hidden) return;
      const outcome = await session.look();
      if (!isOver && outcome.ok) tell.current(outcome.value);
    };
    const onShow = () => void look();
    const timer = setInterval(onShow, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', onShow);
    return () => {
      isOver = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', onShow);
    };
  }, [session, isWanted]);
}
