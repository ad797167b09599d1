import { AccessdError, NoAnswerError } from './errors.js';
import { TokenKeeper, type IssuedToken } from './tokens.js';
import type { ErrorCode, ErrorDetails } from './types.js';

export interface ClientOptions {
  /** Where accessd is: `https://login.example.com`. */
  url: string;
  /** Of a key. For servers only: who has the secret has the project. */
  clientId?: string;
  clientSecret?: string;
  /** In place of a key: a token, or what gives one. For browsers the `login_token` of their login. */
  token?: string | (() => string | Promise<string>);
  /** For one try. Default 10 seconds. */
  timeoutMs?: number;
  /** How often a call is repeated that may be. Default 2. */
  retries?: number;
  /** A `Retry-After` of more isn't waited for: the error comes at once and says how long. Default 10 seconds. */
  retryWaitMsMax?: number;
  fetch?: typeof fetch;
}

export interface Request {
  method: string;
  path: string;
  query?: Record<string, unknown> | undefined;
  body?: unknown;
  /** Default: JSON. */
  contentType?: string;
  token?: string | undefined;
  /** Whether the route needs a token. */
  isPublic?: boolean;
  /** With one, a POST may be repeated. */
  idempotencyKey?: string | undefined;
  ifMatch?: string | undefined;
  signal?: AbortSignal | undefined;
}

const RETRY_FIRST_MS = 250;
const TOKEN_IS_OVER: ErrorCode[] = ['INVALID_TOKEN', 'TOKEN_EXPIRED', 'TOKEN_REVOKED'];
/** Nothing was done, so that any call may be repeated. LOCKED is left out: no time ends it. */
const NOTHING_DONE: ErrorCode[] = ['RATE_LIMITED', 'BUSY', 'IDEMPOTENCY_IN_PROGRESS'];
/** Something may have been done: only for calls that do no harm twice. */
const MAY_PASS = [408, 500, 502, 503, 504];

interface Answer {
  data: unknown;
  etag: string | null;
}

/** Sends requests with a token and repeats those that may be. */
export class Transport {
  readonly url: string;
  #options: ClientOptions;
  #keeper: TokenKeeper | null;

  constructor(options: ClientOptions) {
    if ((options.clientId === undefined) !== (options.clientSecret === undefined)) {
      throw new TypeError('clientId and clientSecret belong together');
    }
    if (options.clientSecret !== undefined && options.token !== undefined) {
      throw new TypeError('give either a key (clientId, clientSecret) or a token');
    }
    this.#options = options;
    this.url = options.url.replace(/\/+$/, '');
    this.#keeper = options.clientSecret === undefined ? null : new TokenKeeper(() => this.#issue());
  }

  async send(request: Request): Promise<Answer> {
    let isTokenFresh = false;
    for (let tries = 0; ; ) {
      const token = request.isPublic ? undefined : (request.token ?? (await this.#token()));
      try {
        return await this.#once(request, token);
      } catch (error) {
        if (request.signal?.aborted) throw error;
        if (!isTokenFresh && this.#isOver(error, request, token)) {
          isTokenFresh = true;
          continue;
        }
        const wait = this.#waitBefore(error, request, tries);
        if (wait === null) throw error;
        tries += 1;
        await pause(wait, request.signal);
      }
    }
  }

  /** In place of the token that the client was given. One with a key gets its tokens by itself and goes on so. */
  useToken(token: string): void {
    if (!this.#keeper) this.#options = { ...this.#options, token };
  }

  async #token(): Promise<string> {
    if (this.#keeper) return this.#keeper.get();
    const { token } = this.#options;
    if (token === undefined) throw new TypeError('this call needs a key (clientId, clientSecret) or a token');
    return typeof token === 'string' ? token : token();
  }

  async #issue(): Promise<IssuedToken> {
    const { clientId, clientSecret } = this.#options;
    const answer = await this.send({
      method: 'POST',
      path: '/v2/access/auth/token',
      body: { client_id: clientId, client_secret: clientSecret },
      isPublic: true,
      idempotencyKey: crypto.randomUUID(),
    });
    return answer.data as IssuedToken;
  }

  /** Whether the key's token was ended, so that another is worth a try. */
  #isOver(error: unknown, request: Request, token: string | undefined): boolean {
    if (!this.#keeper || request.token !== undefined || token === undefined) return false;
    if (!(error instanceof AccessdError) || !error.is(...TOKEN_IS_OVER)) return false;
    this.#keeper.drop(token);
    return true;
  }

  /** Milliseconds. Null: it isn't tried again. */
  #waitBefore(error: unknown, request: Request, tries: number): number | null {
    if (tries >= (this.#options.retries ?? 2)) return null;
    const isHarmless = request.method === 'GET' || request.idempotencyKey !== undefined;
    const pauseMs = RETRY_FIRST_MS * 2 ** tries * (0.5 + Math.random());
    if (error instanceof NoAnswerError) return isHarmless ? pauseMs : null;
    if (!(error instanceof AccessdError)) return null;
    const mayRepeat = error.is(...NOTHING_DONE) || (isHarmless && MAY_PASS.includes(error.status));
    if (!mayRepeat) return null;
    if (error.retryAfterSeconds === null) return pauseMs;
    const asked = error.retryAfterSeconds * 1000;
    return asked > (this.#options.retryWaitMsMax ?? 10_000) ? null : asked + Math.random() * RETRY_FIRST_MS;
  }

  async #once(request: Request, token: string | undefined): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#options.timeoutMs ?? 10_000);
    const signal = request.signal ? firstOf(timeout, request.signal) : timeout;
    let response: Response;
    let text: string;
    try {
      const send = this.#options.fetch ?? fetch;
      response = await send(this.url + request.path + queryText(request.query), {
        method: request.method,
        headers: headersOf(request, token),
        ...(request.body === undefined ? {} : { body: bodyText(request) }),
        signal,
        redirect: 'error', // The API never redirects, and a token follows nobody.
        credentials: 'omit',
        cache: 'no-store',
      });
      text = await response.text();
    } catch (cause) {
      if (request.signal?.aborted) throw cause;
      const why = timeout.aborted ? 'gave no answer in time' : "can't be reached";
      throw new NoAnswerError(`${this.url} ${why}`, { cause });
    }
    return readAnswer(response, text);
  }
}

function headersOf(request: Request, token: string | undefined): Record<string, string> {
  return {
    Accept: 'application/json',
    ...(request.body === undefined ? {} : { 'Content-Type': request.contentType ?? 'application/json' }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...(request.idempotencyKey === undefined ? {} : { 'Idempotency-Key': request.idempotencyKey }),
    ...(request.ifMatch === undefined ? {} : { 'If-Match': request.ifMatch }),
  };
}

function bodyText(request: Request): string {
  return typeof request.body === 'string' ? request.body : JSON.stringify(request.body);
}

function queryText(query: Record<string, unknown> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text && `?${text}`;
}

function readAnswer(response: Response, text: string): Answer {
  let envelope: Record<string, unknown> | null = null;
  try {
    envelope = JSON.parse(text) as Record<string, unknown> | null;
  } catch {
    // Not ours: told below.
  }
  if (response.ok && envelope?.success === true) return { data: envelope.data, etag: response.headers.get('ETag') };
  if (typeof envelope?.code !== 'string') {
    throw new NoAnswerError(`an answer with status ${response.status} that isn't accessd's: is the URL right, is a proxy between?`);
  }
  throw new AccessdError(
    envelope.code as ErrorCode,
    response.status,
    String(envelope.error),
    (envelope.details ?? {}) as ErrorDetails,
    response.headers.get('X-Request-Id'),
    secondsOf(response.headers.get('Retry-After')),
  );
}

function secondsOf(retryAfter: string | null): number | null {
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) : null;
}

/** AbortSignal.any, which Node.js has from 20.3 on. */
function firstOf(timeout: AbortSignal, given: AbortSignal): AbortSignal {
  if ('any' in AbortSignal) return AbortSignal.any([timeout, given]);
  const either = new AbortController();
  for (const signal of [timeout, given]) {
    const follow = () => either.abort(signal.reason);
    if (signal.aborted) follow();
    // The timeout, which comes in any case, lets go of `given`, which may live longer.
    else signal.addEventListener('abort', follow, { once: true, signal: either.signal });
  }
  return either.signal;
}

function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', end, { once: true });
  });
}
