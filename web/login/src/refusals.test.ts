import { expect, test } from 'vitest';
import { toOutcome, type ApiError } from './api';
import { allWords } from './language';
import { needsNewCode, refusalText, secondsToWait } from './refusals';

function refusedWith(status: number, code: string, details: Record<string, unknown> = {}, after: string | null = null) {
  const outcome = toOutcome(status, { success: false, error: 'x', code, details }, after);
  return (outcome as { ok: false; error: ApiError }).error;
}
const say = (error: ApiError) => refusalText(error, allWords.en.refusals, 'en');

test('refusals are said with what the person can do', () => {
  expect(say(refusedWith(403, 'INVALID_OTP', { attempts_remaining: 2 }))).toBe('This code isn’t right. 2 tries are left.');
  expect(say(refusedWith(403, 'INVALID_OTP', { attempts_remaining: 1 }))).toContain('1 try is left');
  expect(say(refusedWith(429, 'RATE_LIMITED', { scope: 'email_sends', retry_after_seconds: 41 }, '41'))).toContain('in 41 seconds');
  expect(say(refusedWith(429, 'RATE_LIMITED', { scope: 'failures_wait' }, '90'))).toContain('Too many wrong codes. Try again in 2 minutes');
  expect(say(refusedWith(429, 'RATE_LIMITED', { scope: 'client_logins_hour' }, '3600'))).toContain('your network');
  expect(say(refusedWith(429, 'LOCKED', { unlock: ['link', 'operator'] }, '3600'))).toContain('We sent you a message');
  expect(say(refusedWith(429, 'LOCKED', { unlock: ['operator'] }, '3600'))).toContain('ask the people of the site');
  expect(say(refusedWith(403, 'COUNTRY_NOT_ALLOWED'))).toContain('country');
});

test('what nobody foresaw is still said, and never in code', () => {
  for (const code of ['INTERNAL', 'SOMETHING_NEW', 'toString', '__proto__', 'constructor']) {
    expect(say(refusedWith(500, code))).toBe(allWords.en.refusals.broken);
  }
});

test('an end of a lock or block is only told where there is one', () => {
  expect(secondsToWait(refusedWith(429, 'LOCKED', {}, '3600'))).toBe(null);
  const until = new Date(1_000_000 + 90_000).toISOString();
  expect(secondsToWait(refusedWith(403, 'SENDING_BLOCKED', { until }), 1_000_000)).toBe(90);
  expect(secondsToWait(refusedWith(403, 'SENDING_BLOCKED', { until: 'soon' }))).toBe(null);
});

test('dead codes are told from wrong ones', () => {
  expect(needsNewCode(refusedWith(403, 'INVALID_OTP', { attempts_remaining: 1 }))).toBe(false);
  expect(needsNewCode(refusedWith(403, 'INVALID_OTP', { attempts_remaining: 0 }))).toBe(true);
  expect(needsNewCode(refusedWith(410, 'OTP_EXPIRED'))).toBe(true);
  expect(needsNewCode(refusedWith(503, 'BUSY'))).toBe(false);
});

test('an answer that isn’t ours counts as none', () => {
  for (const body of [null, 'x', [], {}, { success: 'true' }]) {
    expect(toOutcome(502, body, null)).toMatchObject({ ok: false, error: { code: 'OFFLINE' } });
  }
});
