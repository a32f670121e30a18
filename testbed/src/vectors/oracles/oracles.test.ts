import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isObject } from '../compare.ts';
import { readVector, vectorFiles } from '../files.ts';
import { judgeOracle } from './judge.ts';

const folder = fileURLToPath(new URL('../../../../testdata/oracles', import.meta.url));

test.for(vectorFiles(folder).map((path) => [relative(folder, path), path] as const))(
  'what the engine did: %s',
  ([, path]) => {
    const content = readVector(path);
    expect(isObject(content) && judgeOracle(content)).toEqual([]);
  },
);
