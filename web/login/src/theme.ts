import { colord, extend, type Colord } from 'colord';
import a11y from 'colord/plugins/a11y';
import type { Branding } from './context';

extend([a11y]);

/** Source: WCAG 2.2, 1.4.3 (text) and 1.4.11 (what shows where a control is). */
// A little more than it asks for: colord rounds what it measures.
const TEXT = 4.55;
const CONTROL = 3.05;

export type Theme = Record<string, string>;

const black = colord('#000');
const white = colord('#fff');

function inkOn(ground: Colord): Colord {
  return ground.contrast(black) >= ground.contrast(white) ? black : white;
}

/** The colour itself where it can be read, else the nearest lighter or darker one that can. */
export function readable(color: Colord, ground: Colord, ratio: number): Colord {
  const isDarkGround = inkOn(ground).isEqual(white);
  let tried = color;
  for (let step = 0; step < 50 && tried.contrast(ground) < ratio; ++step) {
    tried = isDarkGround ? tried.lighten(0.02) : tried.darken(0.02);
  }
  return tried.contrast(ground) >= ratio ? tried : inkOn(ground);
}

function chosen(text: string | null): Colord | null {
  const color = text ? colord(text) : null;
  return color?.isValid() ? color : null;
}

/** The look of a page, whatever colours the project chose: everything on it can be read. */
export function themeOf(branding: Branding, isDark: boolean): Theme {
  const wanted = chosen(branding.background_color);
  // Someone who asked their device for dark gets no bright page, whatever the project's daylight colour is.
  const ground = isDark ? (wanted && wanted.luminance() < 0.06 ? wanted : colord('#0f1115')) : (wanted ?? colord('#f3f4f7'));
  const card = colord(isDark ? '#191c22' : '#ffffff');
  const defaultInk = colord(isDark ? '#f1f3f7' : '#171a21');
  const text = chosen(branding.text_color);
  const ink = text && text.contrast(card) >= TEXT ? text : defaultInk;
  const onGround = text && text.contrast(ground) >= TEXT ? text : inkOn(ground);
  const accent = chosen(branding.primary_color) ?? colord('#3056d3');
  const danger = readable(colord(isDark ? '#ff8a80' : '#b3261e'), card, TEXT);
  return {
    '--ground': ground.toHex(),
    '--on-ground': onGround.toHex(),
    '--card': card.toHex(),
    '--ink': ink.toHex(),
    '--soft': (isDark ? colord('#a9b0be') : colord('#5a6270')).toHex(),
    '--line': isDark ? '#353a45' : '#dde1e8',
    '--edge': isDark ? '#7d8594' : '#858d9b',
    '--field': isDark ? '#12151a' : '#ffffff',
    '--accent': accent.toHex(),
    '--on-accent': inkOn(accent).toHex(),
    '--accent-edge': readable(accent, card, CONTROL).toHex(),
    '--link': readable(accent, card, TEXT).toHex(),
    '--wash': isDark ? '#23272f' : '#f3f5f9',
    '--danger': danger.toHex(),
    '--danger-wash': isDark ? '#3a1e1f' : '#fdeceb',
    '--danger-ink': isDark ? '#ffd9d5' : '#7a1a14',
  };
}

/** Puts the theme on the page, and again when the device changes between light and dark. */
export function wearTheme(branding: Branding, page: Document = document): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const wear = () => {
    const root = page.documentElement;
    for (const [name, value] of Object.entries(themeOf(branding, dark.matches))) root.style.setProperty(name, value);
    root.classList.toggle('has-ground', !dark.matches && branding.background_color !== null);
  };
  dark.addEventListener('change', wear);
  wear();
}
