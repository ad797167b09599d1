import { getCountries, getCountryCallingCode } from 'libphonenumber-js';
import { defineConfig, type Plugin } from 'vite';

import { faceModels } from './src/build/face_models.mjs';

const BASE = '/login/';

/** The module virtual:dial-codes: what the country picker shows, without a phone library in the first load. */
function dialCodes(): Plugin {
  const name = 'virtual:dial-codes';
  return {
    name: 'dial-codes',
    resolveId: (id) => (id === name ? `\0${name}` : undefined),
    load(id) {
      if (id !== `\0${name}`) return undefined;
      const codes = getCountries().map((country) => `${country}${getCountryCallingCode(country)}`);
      return `export default ${JSON.stringify(codes.join(' '))};`;
    },
  };
}

export default defineConfig({
  base: BASE,
  plugins: [dialCodes(), faceModels(BASE)],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    target: 'es2020', // Phones that nobody updates any more log in, too.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500, // The face detector, which only those load who use their face.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { index: 'index.html', accessd: 'src/site/accessd.ts' },
      // Sites name accessd.js themselves, so its name stays.
      output: { entryFileNames: (chunk) => (chunk.name === 'accessd' ? 'accessd.js' : 'assets/[name]-[hash].js') },
    },
  },
});
