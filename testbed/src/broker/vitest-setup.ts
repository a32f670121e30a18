import type { TestProject } from 'vitest/node';
import { missingForBroker, startBroker } from './broker.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The broker that all test files share, or why there is none on this machine. */
    broker: SharedBroker;
  }
}

export interface SharedBroker {
  readonly brokers: readonly string[];
  /** Set when there is none: say it as the reason of a skipped test. */
  readonly missing?: string;
}

/** A vitest `globalSetup`: one broker for all files. A missing tool skips tests on a user's machine and fails in CI. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = await missingForBroker();
  if (missing !== undefined) {
    if (process.env.CI === 'true') throw new Error(missing);
    process.stderr.write(`Tests that need a broker are skipped. ${missing}\n`);
    project.provide('broker', { brokers: [], missing });
    return async () => {};
  }
  const broker = await startBroker();
  project.provide('broker', { brokers: broker.brokers });
  return () => broker.stop();
}
