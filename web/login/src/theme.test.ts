import { colord } from 'colord';
import { expect, test } from 'vitest';
import { themeOf } from './theme';

const plain = { logo_url: null, primary_color: null, background_color: null, text_color: null, image_url: null };
const colors = [
  '#000000', '#ffffff', '#777777', '#ffd400', '#00ff00', '#ff0000', '#0000ff', '#1a73e8', '#fafafa', '#0a0a0a', '#7f7fff', '#c0ffee',
];

/** What is written on what, and how much they must differ: WCAG 2.2. */
const pairs = [
  ['--ink', '--card', 4.5],
  ['--ink', '--field', 4.5],
  ['--soft', '--card', 4.5],
  ['--soft', '--wash', 4.5],
  ['--soft', '--field', 4.5],
  ['--on-ground', '--ground', 4.5],
  ['--on-accent', '--accent', 4.5],
  ['--link', '--card', 4.5],
  ['--danger-ink', '--danger-wash', 4.5],
  ['--accent-edge', '--card', 3],
  ['--edge', '--card', 3],
  ['--edge', '--field', 3],
  ['--danger', '--card', 3],
] as const;

for (const isDark of [false, true]) {
  test(`everything can be read whatever colours a project chose, ${isDark ? 'dark' : 'light'}`, () => {
    for (const primary of colors) {
      for (const background of [null, ...colors]) {
        for (const text of [null, ...colors]) {
          const theme = themeOf(
            { ...plain, primary_color: primary, background_color: background, text_color: text },
            isDark,
          );
          for (const [ink, ground, ratio] of pairs) {
            const contrast = colord(theme[ink]!).contrast(theme[ground]!);
            expect(contrast, `${ink} on ${ground} of ${primary}, ${background}, ${text}`).toBeGreaterThanOrEqual(ratio);
          }
        }
      }
    }
  });
}

test('colours that can be read stay what they are', () => {
  const theme = themeOf({ ...plain, primary_color: '#0a7d4f', background_color: '#eef5f0', text_color: '#123322' }, false);
  expect(theme['--accent']).toBe('#0a7d4f');
  expect(theme['--link']).toBe('#0a7d4f');
  expect(theme['--ground']).toBe('#eef5f0');
  expect(theme['--ink']).toBe('#123322');
});

test('a bright background stays away from who asked for dark', () => {
  expect(colord(themeOf({ ...plain, background_color: '#ffffff' }, true)['--ground']!).isDark()).toBe(true);
  expect(themeOf({ ...plain, background_color: '#0b1020' }, true)['--ground']).toBe('#0b1020');
});
