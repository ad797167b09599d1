import { useEffect, useReducer } from 'preact/hooks';

function secondsUntil(until: number | null): number {
  return until === null ? 0 : Math.max(0, Math.ceil((until - performance.now()) / 1000));
}

/** Seconds until `until` (of performance.now()), counted down on the page; 0 when it is over or null. */
export function useSecondsLeft(until: number | null): number {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    if (secondsUntil(until) === 0) return undefined;
    // Twice a second: a timer that runs late would otherwise skip numbers.
    const timer = setInterval(() => {
      redraw(undefined);
      if (secondsUntil(until) === 0) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return secondsUntil(until);
}

/** The moment that is so many seconds away, on the clock that useSecondsLeft reads. */
export function inSeconds(seconds: number): number {
  return performance.now() + seconds * 1000;
}
