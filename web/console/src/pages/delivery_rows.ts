import type { Schemas } from '../api.ts';

type Times = Schemas['Stats']['delivery_times'];
export type Channel = keyof Times;

export interface DeliveryRow {
  channel: Channel;
  /** Seconds that half of the messages took at most, from when they were asked for. */
  handed_over: number;
  /** The same until a receipt came; null where none did. */
  delivered: number | null;
}

const seconds = (milliseconds: number) => Math.round(milliseconds / 100) / 10;

/** The channels that messages went out on. */
export function deliveryRows(times: Times): DeliveryRow[] {
  return (['email', 'sms', 'whatsapp'] as const).flatMap((channel) => {
    const { handed_over, delivered } = times[channel];
    if (handed_over.median_ms === null) return [];
    return [
      {
        channel,
        handed_over: seconds(handed_over.median_ms),
        delivered: delivered.median_ms === null ? null : seconds(delivered.median_ms),
      },
    ];
  });
}
