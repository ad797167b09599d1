import type { ErrorCode, ErrorDetails } from './types.js';

/** A refusal of the server. Decide by `code`; docs/errors.md says of each why it comes and what to do. */
export class AccessdError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'AccessdError';

  constructor(
    /** A later server may have codes that this version doesn't know. */
    readonly code: Code,
    readonly status: number,
    /** For a person; it may change. */
    message: string,
    readonly details: ErrorDetails,
    /** Of the answer: whoever runs the server finds it in the log. */
    readonly requestId: string | null,
    /** When asking again is worth while. Null: the answer didn't say. */
    readonly retryAfterSeconds: number | null,
  ) {
    super(message);
  }

  /** Whether it is one of these: `if (error instanceof AccessdError && error.is('INVALID_OTP'))`. */
  is<Asked extends ErrorCode>(...codes: Asked[]): this is AccessdError<Asked> {
    return (codes as string[]).includes(this.code);
  }
}

/** No answer that can be read: no connection, none in time, or a proxy's page. `cause` says more. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

export type WebhookFault = 'missing_header' | 'malformed_timestamp' | 'too_old' | 'too_new' | 'wrong_signature' | 'malformed_body';

/** A request that isn't accessd's, or isn't fresh. Answer it with 400 and do nothing else. */
export class WebhookError extends Error {
  override readonly name = 'WebhookError';

  constructor(readonly reason: WebhookFault, message: string) {
    super(message);
  }
}

export type LoginFault = 'denied' | 'other_state' | 'no_code' | 'invalid_code';

/** Nobody is logged in by this visit of the redirect URL: let the person begin again. */
export class HostedLoginError extends Error {
  override readonly name = 'HostedLoginError';

  constructor(readonly reason: LoginFault, message: string) {
    super(message);
  }
}
