import { expect, it } from 'vitest';

import { why } from './why.ts';

type Given = Parameters<typeof why>[0];
const given = (status: string, ...types: string[]) =>
  why({ status, timeline: types.map((type) => ({ type })) } as unknown as Given).key;

it.each([
  ['validated', ['created', 'queued', 'sent', 'validated'], 'validated'],
  ['pending', ['created', 'not_sent'], 'unknown'],
  ['expired', ['created', 'not_sent', 'expired'], 'unknown'],
  ['pending', ['created', 'queued'], 'queued'],
  ['pending', ['created', 'queued', 'attempt'], 'retrying'],
  ['expired', ['created', 'queued', 'expired'], 'never_sent'],
  ['pending', ['created', 'queued', 'sent'], 'waiting'],
  ['expired', ['created', 'queued', 'sent', 'expired'], 'sent_unused'],
  ['expired', ['created', 'sent', 'delivered', 'expired'], 'delivered_unused'],
  ['pending', ['created', 'sent', 'delivery_failed'], 'bounced'],
  ['failed', ['created', 'sent', 'wrong_code', 'failed'], 'wrong_codes'],
  ['canceled', ['created', 'sent', 'canceled'], 'canceled'],
])('%s after %j is explained as %s', (status, types, key) => {
  expect(given(status, ...types)).toBe(key);
});
