import { ApiError, type Schemas, answerOf, apiClient, dataOf } from '@accessd/shared/api/client.ts';

export { ApiError, answerOf, dataOf };
export type { Schemas };

let csrfToken = '';

/** What a change must show, so that no other site can make it. Comes with the session. */
export function setCsrfToken(token: string) {
  csrfToken = token;
}

/** The API, called with the session's cookie. */
export const api = apiClient((method): Record<string, string> =>
  method === 'GET' || csrfToken === '' ? {} : { 'X-CSRF-Token': csrfToken },
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
