import { type MantineColorsTuple, createTheme } from '@mantine/core';

/** Deep green, from paper to night; the sixth carries white text at 5.9:1. */
const accessd: MantineColorsTuple = [
  '#eaf7f3', '#d5ece4', '#a9d9c9', '#79c5ac', '#52b494', '#39a984', '#1f7a61', '#186452', '#125345', '#083f34',
];

export const theme = createTheme({
  colors: { accessd },
  primaryColor: 'accessd',
  primaryShade: { light: 6, dark: 6 },
  defaultRadius: 'md',
  autoContrast: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.6rem' }, h2: { fontSize: '1.2rem' }, h3: { fontSize: '1rem' } } },
  cursorType: 'pointer',
  respectReducedMotion: true,
});
