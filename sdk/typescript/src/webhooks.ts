import { WebhookError } from './errors.js';
import type { Schemas } from './types.js';

export interface WebhookEvent {
  type: Schemas['EventType'];
  timestamp: string;
  data: Schemas['EventData'];
}

export type WebhookHeaders = Headers | Record<string, string | string[] | undefined>;

export interface WebhookOptions {
  /** How far the sender's clock may be off, either way. Default 300. */
  toleranceSeconds?: number;
  /** Unix time. Default: now. */
  now?: number;
}

/**
 * The event of a request that really is accessd's and fresh (Standard Webhooks 1.0). `body` is what came, before
 * anything parsed it. Several secrets may be given, for the time in which one replaces the other.
 *
 * Throws WebhookError for everything else. Events can come more than once: `webhook-id` tells.
 */
export async function verifyWebhook(
  secret: string | string[],
  headers: WebhookHeaders,
  body: string | Uint8Array,
  options: WebhookOptions = {},
): Promise<WebhookEvent> {
  const id = headerOf(headers, 'webhook-id');
  const timestamp = headerOf(headers, 'webhook-timestamp');
  const signature = headerOf(headers, 'webhook-signature');
  checkTime(timestamp, options);

  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const signed = join(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const given = signature.split(' ').flatMap((one) => signatureIn(one));
  let isGenuine = false;
  for (const one of Array.isArray(secret) ? secret : [secret]) {
    const key = await importSecret(one);
    // crypto.subtle.verify compares in constant time, as RFC 2104 verification has to.
    for (const bytesGiven of given) {
      if (await crypto.subtle.verify('HMAC', key, bytesGiven, signed)) isGenuine = true;
    }
  }
  if (!isGenuine) throw new WebhookError('wrong_signature', 'no signature of the request fits');
  return parse(bytes);
}

function headerOf(headers: WebhookHeaders, name: string): string {
  let found: string | string[] | null | undefined;
  if (headers instanceof Headers) found = headers.get(name);
  else found = Object.entries(headers).find(([given]) => given.toLowerCase() === name)?.[1];
  const value = Array.isArray(found) ? (found.length === 1 ? found[0] : '') : found;
  if (!value) throw new WebhookError('missing_header', `the request has no ${name}`);
  return value;
}

function checkTime(timestamp: string, { toleranceSeconds = 300, now = Date.now() / 1000 }: WebhookOptions): void {
  if (!/^\d{1,12}$/.test(timestamp)) throw new WebhookError('malformed_timestamp', 'webhook-timestamp is no number');
  const age = now - Number(timestamp);
  if (age > toleranceSeconds) throw new WebhookError('too_old', 'the request is old: sent again by somebody, or a clock is wrong');
  if (-age > toleranceSeconds) throw new WebhookError('too_new', 'the request comes from the future: a clock is wrong');
}

/** The bytes of a `v1` signature; none of anything else. */
function signatureIn(text: string): Uint8Array<ArrayBuffer>[] {
  const [version, encoded, ...more] = text.split(',');
  if (version !== 'v1' || !encoded || more.length > 0) return [];
  try {
    return [fromBase64(encoded)];
  } catch {
    return [];
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const key = fromBase64(secret.replace(/^whsec_/, ''));
  if (key.length === 0) throw new TypeError('the secret of the webhook is empty');
  return crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

function parse(bytes: Uint8Array): WebhookEvent {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as WebhookEvent;
  } catch {
    throw new WebhookError('malformed_body', 'the body is signed, but is no JSON');
  }
}
