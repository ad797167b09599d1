import { expect, it } from 'vitest';

import { deliveryRows } from './delivery_rows.ts';

const none = { messages: 0, median_ms: null, p95_ms: null };
const took = (median_ms: number) => ({ messages: 3, median_ms, p95_ms: 2 * median_ms });

it('tells seconds of the channels that messages went out on, and of receipts only where some came', () => {
  const rows = deliveryRows({
    email: { handed_over: took(1240), delivered: took(3000) },
    sms: { handed_over: took(2000), delivered: none },
    whatsapp: { handed_over: none, delivered: none },
  });

  expect(rows).toEqual([
    { channel: 'email', handed_over: 1.2, delivered: 3 },
    { channel: 'sms', handed_over: 2, delivered: null },
  ]);
});

it('shows an inbox that takes no time as zero, not as nothing', () => {
  const atOnce = { handed_over: took(0), delivered: took(0) };
  const nothing = { handed_over: none, delivered: none };
  expect(deliveryRows({ email: atOnce, sms: nothing, whatsapp: nothing })).toEqual([{ channel: 'email', handed_over: 0, delivered: 0 }]);
});
