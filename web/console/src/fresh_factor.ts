/**
 * What can't be taken back asks people for a factor that they showed just now: 409 CHALLENGE_REQUIRED with `kind`
 * second_factor. Whoever asks the API gets it asked for, and the request is sent once more.
 */
type Asker = () => Promise<boolean>;

let asker: Asker | null = null;
let asked: Promise<boolean> | null = null;

/** Who asks the person; true once a factor was shown. Null for nobody. */
export function setFactorAsker(made: Asker | null) {
  asker = made;
}

/** Several requests at the same moment ask once. */
function ask(): Promise<boolean> {
  asked ??= (asker?.() ?? Promise.resolve(false)).finally(() => {
    asked = null;
  });
  return asked;
}

async function wantsFactor(response: Response): Promise<boolean> {
  if (response.status !== 409) return false;
  const refusal = (await response.clone().json().catch(() => null)) as { code?: string; details?: { kind?: string } } | null;
  return refusal?.code === 'CHALLENGE_REQUIRED' && refusal.details?.kind === 'second_factor';
}

/** fetch(), which has a factor shown where the server wants one. `csrfToken`: of the session as it is by then. */
export function fetchWithFactor(csrfToken: () => string) {
  return async (request: Request): Promise<Response> => {
    const again = request.clone();
    const response = await fetch(request);
    if (!(await wantsFactor(response)) || !(await ask())) return response;
    if (again.method !== 'GET') again.headers.set('X-CSRF-Token', csrfToken());
    return fetch(again);
  };
}

/** For what no fetch() brings, such as a file that the browser saves by itself. False: the person didn't. */
export async function hasFreshFactor(freshUntil: string | null): Promise<boolean> {
  const margin = 10_000;
  if (freshUntil !== null && Date.parse(freshUntil) - margin > Date.now()) return true;
  return ask();
}
