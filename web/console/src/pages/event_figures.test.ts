import { expect, it } from 'vitest';

import { deliveryTimes, faceOutcomes } from './event_figures.ts';

const at = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
const event = (type: string, seconds: number, validation_id: string, channel = 'email') => ({ type, timestamp: at(seconds), data: { validation_id, channel } }) as never;
const newestFirst = (events: never[]) => [...events].reverse();

it('tells for each channel how long half of the messages took at most', () => {
  const events = newestFirst([
    event('validation.created', 0, 'val_1'), event('otp.sent', 1, 'val_1'), event('otp.delivered', 3, 'val_1'),
    event('validation.created', 10, 'val_2'), event('otp.sent', 15, 'val_2'),
    event('validation.created', 20, 'val_3', 'sms'), event('otp.sent', 22, 'val_3', 'sms'),
  ]);

  expect(deliveryTimes(events)).toEqual([
    { channel: 'email', handed_over: 3, delivered: 3, messages: 2 },
    { channel: 'sms', handed_over: 2, delivered: null, messages: 1 },
  ]);
});

it('counts the first message of a code that was sent again, and none whose beginning it does not know', () => {
  const events = newestFirst([
    event('otp.sent', 0, 'val_old'),
    event('validation.created', 1, 'val_1'), event('otp.sent', 2, 'val_1'), event('otp.sent', 60, 'val_1'),
  ]);

  expect(deliveryTimes(events)).toEqual([{ channel: 'email', handed_over: 1, delivered: null, messages: 1 }]);
  expect(deliveryTimes([])).toEqual([]);
});

it('counts how looks at faces ended', () => {
  const events = ['face.matched', 'face.matched', 'face.not_matched', 'liveness.failed'].map((type) => ({ type }) as never);
  expect(faceOutcomes(events)).toEqual({ matched: 2, not_matched: 1, live: 0, not_live: 1 });
});
