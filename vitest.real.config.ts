import { defineConfig } from 'vitest/config';

// The long ones: whole stories on a real broker, one after the other, because they share two cores with it.
export default defineConfig({
  ssr: { resolve: { conditions: ['tidemark-source'] } },
  test: {
    // What a test starts keeps nothing, unless the test says where.
    env: { TIDEMARK_STORE: 'off' },
    include: ['**/*.real.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['testbed/src/broker/vitest-setup.ts'],
    // As in `vitest.config.ts`.
    expect: { poll: { timeout: 60_000 } },
    retry: process.env.CI ? 1 : 0,
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
