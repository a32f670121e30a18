import { defineConfig } from 'vitest/config';

// Workspace packages are run from their sources: no build is needed before a test.
const ssr = { resolve: { conditions: ['tidemark-source'] } };
// What a test starts keeps nothing, unless the test says where.
const env = { TIDEMARK_STORE: 'off' };
// Waiting for a condition ends when it holds, or in vain after this: longer than any machine stalls, and said once, here.
// Brokers, browsers and clocks are real here: in CI a test has a second try, and `.ci/summary.mjs` names those that took it.
export const patience: { readonly expect: { readonly poll: { readonly timeout: number } }; readonly retry: number } = {
  expect: { poll: { timeout: 60_000 } },
  retry: process.env.CI ? 1 : 0,
};
const exclude = ['**/node_modules/**', '**/dist/**', '**/*.real.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        ssr,
        test: {
          name: 'unit',
          env,
          include: ['{core,config,agent,collector,dashboard,testbed,cli,test}/**/*.test.ts'],
          exclude: [...exclude, '**/*.broker.test.ts'],
          ...patience,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        ssr,
        test: {
          // They share one real broker, and two cores with it: one file after the other.
          name: 'broker',
          env,
          include: ['**/*.broker.test.ts'],
          exclude,
          globalSetup: ['testbed/src/broker/vitest-setup.ts'],
          ...patience,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
