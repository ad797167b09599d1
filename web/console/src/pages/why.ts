import type { Schemas } from '../api.ts';

type Validation = Schemas['ValidationWithTimeline'];

/** Each has two texts: `why_<key>`, what happened, and `why_<key>_do`, what to do about it. */
export type WhyKey =
  | 'validated' | 'unknown' | 'bounced' | 'retrying' | 'never_sent' | 'delivered_unused' | 'sent_unused'
  | 'wrong_codes' | 'canceled' | 'waiting' | 'queued';

export interface Why {
  key: WhyKey;
  mood: 'good' | 'waiting' | 'bad';
}

/** Why a validation stands where it stands, from what happened to it. */
export function why(validation: Pick<Validation, 'status' | 'timeline'>): Why {
  const seen = new Set(validation.timeline.map((entry) => entry.type));
  const { status } = validation;
  const isPending = status === 'pending';
  if (status === 'validated') return { key: 'validated', mood: 'good' };
  if (seen.has('not_sent')) return { key: 'unknown', mood: 'bad' };
  if (seen.has('delivery_failed')) return { key: 'bounced', mood: 'bad' };
  if (status === 'failed') return { key: 'wrong_codes', mood: 'bad' };
  if (status === 'canceled') return { key: 'canceled', mood: 'bad' };
  if (seen.has('delivered')) return { key: isPending ? 'waiting' : 'delivered_unused', mood: isPending ? 'waiting' : 'bad' };
  if (seen.has('sent')) return { key: isPending ? 'waiting' : 'sent_unused', mood: isPending ? 'waiting' : 'bad' };
  if (seen.has('attempt')) return { key: 'retrying', mood: 'bad' };
  return { key: isPending ? 'queued' : 'never_sent', mood: isPending ? 'waiting' : 'bad' };
}
