/** The few routes of the API that a login needs. A refusal is an answer, not an exception. */

export interface ApiError {
  /** An ErrorCode of the API; OFFLINE: nobody answered. */
  code: string;
  status: number;
  details: Record<string, unknown>;
  retryAfterSeconds: number | null;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; error: ApiError };

export interface Call {
  method?: 'GET' | 'POST';
  body?: unknown;
  token?: string | null;
  /** Makes sending twice as good as once: a lost answer is asked for again. */
  idempotencyKey?: string;
  signal?: AbortSignal;
}

const ANSWER_WITHIN_MS = 20_000;
/** Beyond it a person rather reads how long to wait. */
const RETRY_WITHIN_S = 2;

const offline: ApiError = { code: 'OFFLINE', status: 0, details: {}, retryAfterSeconds: null };

/** Asks once, and once more where nobody answered or the server was just busy and asking twice does no harm. */
export async function ask<T>(path: string, call: Call = {}): Promise<Outcome<T>> {
  const first = await askOnce<T>(path, call);
  if (first.ok || call.signal?.aborted || (call.method !== 'GET' && !call.idempotencyKey)) return first;
  const { code, status, retryAfterSeconds } = first.error;
  const isWorthIt =
    code === 'OFFLINE' || code === 'IDEMPOTENCY_IN_PROGRESS' ||
    (status === 503 && (retryAfterSeconds ?? 1) <= RETRY_WITHIN_S);
  if (!isWorthIt) return first;
  await new Promise((done) => setTimeout(done, 1000 * Math.min(retryAfterSeconds ?? 1, RETRY_WITHIN_S)));
  return askOnce<T>(path, call);
}

async function askOnce<T>(path: string, call: Call): Promise<Outcome<T>> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (call.body !== undefined) headers['Content-Type'] = 'application/json';
  if (call.token) headers.Authorization = `Bearer ${call.token}`;
  if (call.idempotencyKey) headers['Idempotency-Key'] = call.idempotencyKey;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), ANSWER_WITHIN_MS);
  call.signal?.addEventListener('abort', () => patience.abort(), { once: true });
  try {
    const answer = await fetch(`/v2/access${path}`, {
      method: call.method ?? 'POST',
      headers,
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      signal: patience.signal,
      credentials: 'omit',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    });
    return toOutcome<T>(answer.status, await answer.json(), answer.headers.get('Retry-After'));
  } catch {
    // A proxy's page of HTML is no answer of ours either.
    return { ok: false, error: offline };
  } finally {
    clearTimeout(timer);
  }
}

interface Envelope {
  success?: boolean;
  data?: unknown;
  code?: string;
  details?: Record<string, unknown>;
}

export function toOutcome<T>(status: number, body: unknown, retryAfter: string | null): Outcome<T> {
  const envelope = (body ?? {}) as Envelope;
  if (envelope.success === true) return { ok: true, value: envelope.data as T };
  const details = envelope.details ?? {};
  const told = details.retry_after_seconds ?? retryAfter;
  const seconds = told === null || told === undefined ? NaN : Number(told);
  return {
    ok: false,
    error: {
      code: envelope.code ?? 'OFFLINE',
      status,
      details,
      retryAfterSeconds: Number.isFinite(seconds) ? seconds : null,
    },
  };
}

/** Random, as no two requests may share one. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
