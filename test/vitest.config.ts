import { fileURLToPath } from 'node:url';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

// Tests import sources, not dist/. In CI the counts also go to build/vitest.json, which .ci/run reads.
const config: ViteUserConfig = defineConfig({
  root: fileURLToPath(new URL('..', import.meta.url)),
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'dist/**'],
    testTimeout: 30_000,
    reporters: process.env['CI'] ? ['default', ['json', { outputFile: 'build/vitest.json' }]] : ['default'],
    coverage: {
      provider: 'v8',
      include: ['compiler/**/*.ts', 'host-js/**/*.ts'],
      reportsDirectory: 'coverage',
    },
  },
});

export default config;
