import { defineConfig } from 'vite';

export default defineConfig({
  base: '/login/',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2020', // Phones that nobody updates any more log in, too.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
