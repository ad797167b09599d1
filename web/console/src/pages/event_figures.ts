import type { Schemas } from '../api.ts';

type Event = Pick<Schemas['Event'], 'type' | 'timestamp'> & { data: { validation_id?: string | null; channel?: string | null } };

export const deliveryEvents = ['validation.created', 'otp.sent', 'otp.delivered'] as const;
export const faceEvents = ['face.matched', 'face.not_matched', 'liveness.passed', 'liveness.failed'] as const;

export interface DeliveryTime {
  channel: string;
  /** Seconds that half of the messages took at most, from when they were asked for. */
  handed_over: number;
  /** The same until a receipt came; null where none did. */
  delivered: number | null;
  messages: number;
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

const rounded = (seconds: number) => Math.round(seconds * 10) / 10;

/** How long messages took on each channel. A validation whose beginning isn't among the events is left out. */
export function deliveryTimes(events: Event[]): DeliveryTime[] {
  const asked = new Map<string, number>();
  for (const { type, timestamp, data } of events) {
    if (type === 'validation.created' && data.validation_id) asked.set(data.validation_id, Date.parse(timestamp));
  }
  const waits = new Map<string, { sent: number[]; delivered: number[] }>();
  const seen = new Set<string>();
  // Oldest first: of a code that was sent again, the first message counts.
  for (const { type, timestamp, data } of [...events].reverse()) {
    const id = data.validation_id ?? '';
    const began = asked.get(id);
    if (type === 'validation.created' || began === undefined || !data.channel || seen.has(`${type} ${id}`)) continue;
    seen.add(`${type} ${id}`);
    const channel = waits.get(data.channel) ?? { sent: [], delivered: [] };
    waits.set(data.channel, channel);
    channel[type === 'otp.sent' ? 'sent' : 'delivered'].push((Date.parse(timestamp) - began) / 1000);
  }
  return [...waits]
    .filter(([, { sent }]) => sent.length > 0)
    .map(([channel, { sent, delivered }]) => ({
      channel,
      handed_over: rounded(median(sent)),
      delivered: delivered.length ? rounded(median(delivered)) : null,
      messages: sent.length,
    }));
}

/** How looks at faces ended. */
export function faceOutcomes(events: Pick<Event, 'type'>[]) {
  const count = (wanted: string) => events.filter(({ type }) => type === wanted).length;
  return {
    matched: count('face.matched'),
    not_matched: count('face.not_matched'),
    live: count('liveness.passed'),
    not_live: count('liveness.failed'),
  };
}
