import type { ApiError } from './api';
import { timeInWords, type Language } from './language';
import type { Refusals } from './words/words';

/** What is said to the person about a refusal. */
export type Say = (words: Refusals, error: ApiError, time: string | null) => string;

const broken: Say = (words) => words.broken;
const over: Say = (words) => words.loginOver;
const methodOff: Say = (words) => words.methodOff;
const busy: Say = (words, _, time) => words.busy(time);

function left(error: ApiError): number | null {
  const told = error.details.attempts_remaining;
  return typeof told === 'number' ? told : null;
}

const rateLimited: Say = (words, error, time) => {
  switch (error.details.scope) {
    case 'failures_wait': return words.waitFailures(time);
    case 'client_logins_hour': case 'client_sends_hour': return words.waitNetwork(time);
    case 'login_sends': return words.tooManySends;
    default: return words.waitSends(time);
  }
};

const locked: Say = (words, error) => {
  const unlock = error.details.unlock;
  return Array.isArray(unlock) && unlock.includes('link') ? words.lockedLink : words.lockedOther;
};

/** Codes that a person can do something about. What isn't named is out of order: `broken`. */
const sayings = new Map<string, Say>(Object.entries({
  INVALID_EMAIL: (words) => words.emailWrong,
  INVALID_PHONE: (words) => words.phoneWrong,
  INVALID_OTP: (words, error) => words.codeWrong(left(error)),
  OTP_EXPIRED: (words) => words.codeExpired,
  VALIDATION_NOT_FOUND: (words) => words.codeReplaced,
  VALIDATION_CANCELED: (words) => words.codeReplaced,
  ALREADY_VALIDATED: (words) => words.codeAlreadyUsed,
  ATTEMPTS_EXHAUSTED: (words) => words.codeUsedUp,
  RATE_LIMITED: rateLimited,
  LOCKED: locked,
  USER_NOT_ALLOWED: (words) => words.personNotAllowed,
  LOGIN_USER_MISMATCH: (words) => words.personNotAllowed,
  COUNTRY_NOT_ALLOWED: (words) => words.countryNotAllowed,
  LINE_NOT_SUPPORTED: (words) => words.lineNotSupported,
  SENDING_BLOCKED: (words, _, time) => words.sendingBlocked(time),
  NO_PROVIDER: (words) => words.noProvider,
  METHOD_DISABLED: methodOff,
  FLOW_NOT_ACTIVE: methodOff,
  LOGIN_COMPLETE: (words) => words.loginComplete,
  LOGIN_NOT_FOUND: over,
  VALIDATION_EXPIRED: over,
  INVALID_TOKEN: over,
  TOKEN_EXPIRED: over,
  TOKEN_REVOKED: over,
  MISSING_TOKEN: over,
  SOURCE_UNAVAILABLE: (words) => words.sourceDown,
  BUSY: busy,
  STORE_UNAVAILABLE: busy,
  IDEMPOTENCY_IN_PROGRESS: busy,
  OFFLINE: (words) => words.offline,
} satisfies Record<string, Say>));

/** Seconds until it is worth trying again; null: not told. */
export function secondsToWait(error: ApiError, now: number = Date.now()): number | null {
  if (error.code === 'SENDING_BLOCKED' && typeof error.details.until === 'string') {
    const until = Date.parse(error.details.until);
    return Number.isNaN(until) ? null : Math.max(0, (until - now) / 1000);
  }
  return error.code === 'LOCKED' ? null : error.retryAfterSeconds;
}

export function refusalText(error: ApiError, words: Refusals, language: Language): string {
  const seconds = secondsToWait(error);
  const time = seconds === null ? null : timeInWords(seconds, language);
  return (sayings.get(error.code) ?? broken)(words, error, time);
}

/** Whether the code in question is dead, so that a new one is what helps. */
export function needsNewCode(error: ApiError): boolean {
  const dead = [
    'OTP_EXPIRED', 'VALIDATION_NOT_FOUND', 'VALIDATION_CANCELED', 'ALREADY_VALIDATED', 'ATTEMPTS_EXHAUSTED',
  ];
  return dead.includes(error.code) || (error.code === 'INVALID_OTP' && left(error) === 0);
}
