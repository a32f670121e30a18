import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

test('tests run on the Node that package.json pins, not on the machine’s own', () => {
  // With `npm ci --ignore-scripts` the pinned one is silently missing and an older Node runs everything.
  const { devDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(process.version).toBe(`v${devDependencies.node}`);
});
