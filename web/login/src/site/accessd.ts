/**
 * accessd.js: lets a site open the login page, as a redirect or in a window of its own.
 *
 *     <script src="https://login.example.com/accessd.js"></script>
 *     const { code, state } = await accessd.open(fetch('/login/begin', { method: 'POST' }).then((a) => a.json()));
 *
 * The site's server makes `state` and the verifier behind `code_challenge`, keeps both in the person's session,
 * and exchanges the code: docs/login-page.md.
 */

interface LoginRequest {
  /** The project's slug. */
  project: string;
  /** On the flow's list, letter for letter. For open(): of this page's origin. */
  redirect_url: string;
  state?: string;
  code_challenge?: string;
  flow_id?: string;
  language?: string;
}

type Wanted = LoginRequest | Promise<LoginRequest> | (() => Promise<LoginRequest>);

interface LoginAnswer {
  code: string;
  state?: string;
}

interface Accessd {
  redirect(wanted: Wanted): Promise<never>;
  open(wanted: Wanted): Promise<LoginAnswer>;
}

interface Window {
  accessd?: Accessd;
}

(() => {
  const FIELDS = ['redirect_url', 'state', 'code_challenge', 'flow_id', 'language'] as const;
  const own = document.currentScript as HTMLScriptElement | null;
  const server = new URL(own?.dataset.server ?? own?.src ?? location.href).origin;

  /** `code`: "closed" (the person closed the window), "access_denied" (turned back), "wrong_origin", "other_state". */
  class LoginError extends Error {
    readonly code: string;
    constructor(code: string, message: string) {
      super(message);
      this.name = 'LoginError';
      this.code = code;
    }
  }

  function resolve(wanted: Wanted): Promise<LoginRequest> {
    return Promise.resolve(typeof wanted === 'function' ? wanted() : wanted);
  }

  function addressOf(request: LoginRequest, display?: string): string {
    const url = new URL(`/login/${encodeURIComponent(request.project)}`, server);
    for (const name of FIELDS) {
      const value = request[name];
      if (value) url.searchParams.set(name, value);
    }
    if (display) url.searchParams.set('display', display);
    return url.href;
  }

  async function redirect(wanted: Wanted): Promise<never> {
    location.assign(addressOf(await resolve(wanted)));
    return new Promise<never>(() => undefined); // The page goes away.
  }

  /** A window in the middle of this one. Must be opened while a press is handled, or browsers block it. */
  function openWindow(): Window | null {
    const [width, height] = [460, 720];
    const left = Math.max(0, screenX + (outerWidth - width) / 2);
    const top = Math.max(0, screenY + (outerHeight - height) / 2);
    return window.open('', '_blank', `popup,width=${width},height=${height},left=${left},top=${top}`);
  }

  /** Resolves with what the window says; rejects with a LoginError. */
  function answerOf(opened: Window, request: LoginRequest): Promise<LoginAnswer> {
    return new Promise((done, fail) => {
      const end = () => {
        clearInterval(watch);
        removeEventListener('message', read);
      };
      const read = (event: MessageEvent) => {
        if (event.origin !== server || event.source !== opened || event.data?.source !== 'accessd') return;
        end();
        const { code, state, error } = event.data as { code?: string; state?: string; error?: string };
        if ((state ?? '') !== (request.state ?? '')) fail(new LoginError('other_state', 'the answer is to another login'));
        else if (code) done(state === undefined ? { code } : { code, state });
        else fail(new LoginError(error ?? 'access_denied', 'nobody logged in'));
      };
      addEventListener('message', read);
      const watch = setInterval(() => {
        if (!opened.closed) return;
        clearInterval(watch);
        // A message that was on its way when the window closed is read first.
        setTimeout(() => {
          end();
          fail(new LoginError('closed', 'the window was closed'));
        }, 200);
      }, 300);
    });
  }

  async function open(wanted: Wanted): Promise<LoginAnswer> {
    const opened = openWindow();
    if (!opened) return redirect(wanted); // Blocked: phones and strict browsers go there instead.
    try {
      const request = await resolve(wanted);
      if (new URL(request.redirect_url, location.href).origin !== location.origin) {
        throw new LoginError('wrong_origin', 'redirect_url must be of the page that calls accessd.open()');
      }
      const answer = answerOf(opened, request);
      opened.location.replace(addressOf(request, 'popup'));
      return await answer;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  window.accessd = { redirect, open };
})();
