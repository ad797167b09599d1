/** api.md, section 9: events and the webhooks that carry them. */

import type { Schemas } from '../api.ts';

export const eventTypes = [
  'validation.created', 'validation.validated', 'validation.failed', 'validation.expired', 'validation.canceled',
  'otp.sent', 'otp.delivered', 'otp.delivery_failed', 'otp.failed',
  'face.registered', 'face.matched', 'face.not_matched', 'face.refreshed', 'face.deleted', 'liveness.passed', 'liveness.failed',
  'consent.recorded', 'consent.withdrawn', 'login.completed', 'login.failed',
  'user.created', 'user.updated', 'user.deleted',
  'security.rate_limited', 'security.locked', 'security.unlocked', 'security.image_replayed', 'security.token_revoked',
  'security.fraud_blocked', 'security.fraud_unblocked', 'source.down', 'source.up', 'import.finished', 'webhook.disabled',
] as const satisfies Schemas['EventType'][];

export type Webhook = Schemas['Webhook'];

/** What creating and rotating show besides, this once. */
export type WebhookWithSecret = Schemas['CreatedWebhook'];

export type Delivery = Schemas['Delivery'];

export type DeliveryWithAttempts = Schemas['DeliveryWithAttempts'];

export type WebhookTest = Schemas['WebhookTestResult'];

export type ServerEvent = Schemas['Event'];
