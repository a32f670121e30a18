import { defineConfig } from 'vitest/config';
import { patience } from './vitest.config.ts';

// The long ones: whole stories on a real broker, one after the other, because they share two cores with it.
export default defineConfig({
  ssr: { resolve: { conditions: ['tidemark-source'] } },
  test: {
    // What a test starts keeps nothing, unless the test says where.
    env: { TIDEMARK_STORE: 'off' },
    include: ['**/*.real.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['testbed/src/broker/vitest-setup.ts'],
    ...patience,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
