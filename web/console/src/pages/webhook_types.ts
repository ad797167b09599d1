/** api.md, section 9: events and the webhooks that carry them. */

export const eventTypes = [
  'validation.created', 'validation.validated', 'validation.failed', 'validation.expired', 'validation.canceled',
  'otp.sent', 'otp.delivered', 'otp.delivery_failed', 'otp.failed',
  'face.registered', 'face.matched', 'face.not_matched', 'face.deleted', 'liveness.passed', 'liveness.failed',
  'consent.recorded', 'consent.withdrawn', 'login.completed', 'login.failed',
  'user.created', 'user.updated', 'user.deleted',
  'security.rate_limited', 'security.locked', 'security.unlocked', 'security.image_replayed', 'security.token_revoked',
  'security.fraud_blocked', 'security.fraud_unblocked', 'source.down', 'source.up', 'import.finished', 'webhook.disabled',
] as const;

export interface Webhook {
  webhook_id: string;
  project_id: string;
  url: string;
  events: string[];
  description: string | null;
  status: 'active' | 'paused' | 'disabled';
  disabled_reason: 'gone' | 'failing' | null;
  old_secret_until: string | null;
  health: { failing_since: string | null; last_success_at: string | null; last_failure_at: string | null; events_waiting: number };
  created_at: string;
}

/** What creating and rotating show besides, this once. */
export type WebhookWithSecret = Webhook & { secret: string; warnings?: string[] };

export interface Delivery {
  delivery_id: string;
  event_id: string;
  type: string;
  sequence: number;
  status: 'queued' | 'delivered' | 'failed';
  tries: number;
  next_try_at: string | null;
  created_at: string;
  last_status: number | null;
  last_reason: string | null;
}

export interface DeliveryWithAttempts extends Delivery {
  body: string | null;
  attempts: { number: number; started_at: string; took_ms: number; status: number | null; reason: string | null; answer: string }[];
}

export interface WebhookTest {
  accepted: boolean;
  type: string;
  status: number | null;
  reason: string | null;
  answer: string;
  took_ms: number;
}

export interface ServerEvent {
  event_id: string;
  type: string;
  timestamp: string;
  data: Record<string, unknown>;
}
