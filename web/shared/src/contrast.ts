/** Colours as people choose them, and which of them can be read on which: WCAG 2.2, 1.4.3. */

/** Channels of "#rrggbb", 0 to 255; undefined for anything else. */
function channels(color: string): [number, number, number] | undefined {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
  if (!match) return undefined;
  return [match[1], match[2], match[3]].map((part) => parseInt(part ?? '0', 16)) as [number, number, number];
}

/** Relative luminance, 0 to 1; undefined for what is no colour. */
export function luminance(color: string): number | undefined {
  const parts = channels(color)?.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return parts && 0.2126 * (parts[0] ?? 0) + 0.7152 * (parts[1] ?? 0) + 0.0722 * (parts[2] ?? 0);
}

/** From 1, the same, to 21, black on white; 1 where one is no colour. */
export function contrast(one: string, other: string): number {
  const a = luminance(one);
  const b = luminance(other);
  if (a === undefined || b === undefined) return 1;
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

const readable = 4.5;

/** `wanted` if it can be read on `background`, else black or white, whichever can be read better. */
export function readableOn(background: string, wanted = ''): string {
  if (contrast(background, wanted) >= readable) return wanted;
  return contrast(background, '#ffffff') >= contrast(background, '#000000') ? '#ffffff' : '#000000';
}
