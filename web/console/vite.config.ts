import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/console/',
  plugins: [react()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // The Content-Security-Policy takes files of ours, not data: addresses.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
});
