import createClient from 'openapi-fetch';

import type { components, paths } from '../generated/api.ts';

export type Schemas = components['schemas'];
export type ErrorCode = Schemas['ErrorCode'];
/** A code of the API, or that there was no answer to read. */
export type FailureCode = ErrorCode | 'NO_ANSWER';

/** What the API says when it refuses: `code` decides, `details` say more. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly code: FailureCode,
    sentence: string,
    readonly details: Record<string, unknown>,
    readonly requestId: string | null,
  ) {
    super(sentence);
  }

  /** Seconds to wait before the next try, where the server said so. */
  get waitSeconds(): number | undefined {
    const seconds = this.details['retry_after_seconds'];
    return typeof seconds === 'number' ? seconds : undefined;
  }

  /** What is wrong with which field of the request. */
  get fields(): { field: string; issue: string }[] {
    const fields = this.details['fields'];
    return Array.isArray(fields) ? (fields as { field: string; issue: string }[]) : [];
  }
}

interface Outcome {
  data?: unknown;
  error?: unknown;
  response: Response;
}
type DataOf<T> = T extends { data: infer D } ? D : never;
type Answered<O extends Outcome> = DataOf<NonNullable<O['data']>>;

/** What a refusal says; `body` is its JSON, if it had any. */
export function failure(response: Response, body: unknown): ApiError {
  const refusal = (body ?? {}) as { error?: string; code?: ErrorCode; details?: Record<string, unknown> };
  return new ApiError(
    response.status,
    refusal.code ?? 'NO_ANSWER',
    refusal.error ?? `HTTP ${response.status}`,
    refusal.details ?? {},
    response.headers.get('X-Request-Id'),
  );
}

/** `data` of an answer. Throws ApiError for refusals and where no answer came. */
export async function dataOf<O extends Outcome>(asked: Promise<O>): Promise<Answered<O>> {
  return (await answerOf(asked)).data;
}

/** `data` and its `ETag`, which a change sends back as If-Match. Throws as dataOf does. */
export async function answerOf<O extends Outcome>(
  asked: Promise<O>,
): Promise<{ data: Answered<O>; etag: string | null }> {
  let outcome: O;
  try {
    outcome = await asked;
  } catch (problem) {
    throw new ApiError(0, 'NO_ANSWER', String(problem), {}, null);
  }
  if (!outcome.response.ok) throw failure(outcome.response, outcome.error);
  const envelope = outcome.data as { data: Answered<O> };
  return { data: envelope.data, etag: outcome.response.headers.get('ETag') };
}

/**
 * Calls the API of the server that the page comes from; `headers` are asked for with every request, which `send`
 * carries.
 */
export function apiClient(headers: (method: string) => Record<string, string>, send?: (request: Request) => Promise<Response>) {
  const client = createClient<paths>({ baseUrl: '', credentials: 'same-origin', ...(send ? { fetch: send } : {}) });
  client.use({
    onRequest({ request }) {
      for (const [name, value] of Object.entries(headers(request.method))) request.headers.set(name, value);
      return request;
    },
  });
  return client;
}
