import { expect, it } from 'vitest';

import { contrast, readableOn } from './contrast.ts';

it('measures contrast as WCAG does', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrast('red', '#ffffff')).toBe(1);
});

it('keeps text readable whatever the background', () => {
  for (const background of ['#ffffff', '#000000', '#777777', '#ffff00', '#0000ff', '#1f7a61', '#ff0000']) {
    expect(contrast(background, readableOn(background, background))).toBeGreaterThanOrEqual(4.5);
  }
  expect(readableOn('#ffffff', '#333333')).toBe('#333333');
});
