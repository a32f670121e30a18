import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../demo/run-flags.ts';
import { judgeOracle } from '../vectors/oracles/judge.ts';
import { buildJudge, missingForJudges } from './build.ts';
import { askFor, drawCases } from './cases.ts';
import { engines } from './engines.ts';
import { JudgeProcess } from './judge-process.ts';

// Another seed every day would find more, but a failure must be the same tomorrow.
const seed = 1_001;

const missing = await missingForJudges();

test.skipIf(missing).for(engines.map((engine) => ({ engine, name: engine.name, version: engine.version })))(
  '$name $version: on new cases the dialect says what the engine does',
  async ({ engine: { versionProperty, ...engine } }) => {
    const properties = { [versionProperty]: engine.version };
    const classPath = await buildJudge({ project: engine.name, properties, onProgress: console.error });
    const judge = await JudgeProcess.start(classPath);
    try {
      for (const one of drawCases({ ...engine, versionProperty }, { seed, count: 25 })) {
        const vector = await askFor(judge, one, { engine: engine.name, version: engine.version });
        expect(judgeOracle(vector), one.id).toEqual([]);
      }
    } finally {
      await judge.stop();
    }
  },
);

test.skipIf(missing)('the commands of docs/dialects.md: new vectors, and the judgement of them', () => {
  const out = mkdtempSync(join(tmpdir(), 'tidemark-judges-'));
  const npm = (...args: readonly string[]): string =>
    execFileSync('npm', ['run', '-s', ...args], { cwd: root, encoding: 'utf8' });
  try {
    npm('judges', '--', 'kafka-streams', '--seed', '7', '--count', '3', '--out', out);
    expect(npm('vectors', '--', out)).toContain('3 passed, 0 failed');
  } finally {
    rmSync(out, { recursive: true });
  }
});
