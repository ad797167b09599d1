import { defineConfig } from 'vitest/config';

// A test that tries every colour takes half a second, and ten on a machine that builds meanwhile.
export default defineConfig({ test: { include: ['*/src/**/*.test.ts'], testTimeout: 60_000 } });
