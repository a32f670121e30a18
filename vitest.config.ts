import { defineConfig } from 'vitest/config';

// Workspace packages are run from their sources: no build is needed before a test.
export default defineConfig({
  ssr: { resolve: { conditions: ['tidemark-source'] } },
  test: {
    include: ['{core,config,agent,collector,dashboard,testbed,test}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.real.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
