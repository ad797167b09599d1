import { ApiError, type Schemas, answerOf, apiClient, dataOf, failure } from '@accessd/shared/api/client.ts';

import { fetchWithFactor } from './fresh_factor.ts';

export { ApiError, answerOf, dataOf };
export type { Schemas };

let csrfToken = '';

/** What a change must show, so that no other site can make it. Comes with the session. */
export function setCsrfToken(token: string) {
  csrfToken = token;
}

const send = fetchWithFactor(() => csrfToken);

/** The API, called with the session's cookie. */
export const api = apiClient(
  (method): Record<string, string> => (method === 'GET' || csrfToken === '' ? {} : { 'X-CSRF-Token': csrfToken }),
  send,
);

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

/** Where a list continues, and how many items one step brings. */
export interface PageQuery {
  limit: number;
  cursor?: string;
}

/** The query of a list: without what was left empty. */
export function filled<T extends Record<string, string | undefined>>(filters: T): Partial<T> {
  return Object.fromEntries(Object.entries(filters).filter(([, value]) => value)) as Partial<T>;
}

interface CallOptions {
  query?: Record<string, string | number | undefined>;
  body?: unknown;
}

/**
 * `data` of a route by method and path, its types written by the caller: for routes whose bodies aren't JSON, and
 * for those that servers have or don't have by their build. Throws ApiError as dataOf does.
 */
export async function call<Data>(method: string, path: string, { query = {}, body }: CallOptions = {}): Promise<Data> {
  const url = new URL(`/v2/access${path}`, location.origin);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
  const headers: Record<string, string> = method === 'GET' ? {} : { 'X-CSRF-Token': csrfToken };
  if (body instanceof Blob) headers['Content-Type'] = body.type;
  else if (body !== undefined) headers['Content-Type'] = 'application/json';
  let response: Response;
  try {
    response = await send(new Request(url, { method, headers, body: body instanceof Blob || body === undefined ? (body ?? null) : JSON.stringify(body) }));
  } catch (problem) {
    throw new ApiError(0, 'NO_ANSWER', String(problem), {}, null);
  }
  const json = (await response.json().catch(() => ({}))) as { data: Data };
  if (!response.ok) throw failure(response, json);
  return json.data;
}
