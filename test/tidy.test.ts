import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { expect, test } from 'vitest';

// The repository's own rules, read from its files. A failure names the file and what to do instead.

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '' && existsSync(file));
const sources = files.filter((file) => /^(core|config|agent|collector|dashboard|testbed|cli)\/src\/.*\.ts$/.test(file));
const code = files.filter((file) => /\.(ts|mts|cts|js|mjs|cjs|css)$/.test(file) && !file.startsWith('testdata/'));
const read = (file: string) => readFileSync(file, 'utf8');

/** Who may import whom: `docs/architecture.md`. The dashboard sees the collector's API by type only. */
const mayImport: { readonly [from: string]: readonly string[] } = {
  core: [],
  config: ['core'],
  agent: ['core', 'config'],
  collector: ['core', 'config'],
  dashboard: ['core', 'collector'],
  testbed: ['core', 'config', 'agent', 'collector'],
  cli: ['core', 'config', 'agent', 'collector', 'testbed'],
};
const packageOf: { readonly [name: string]: string } = {
  '@tidemark/core': 'core',
  '@tidemark/config': 'config',
  tidemark: 'agent',
  '@tidemark/collector': 'collector',
  '@tidemark/dashboard': 'dashboard',
  '@tidemark/testbed': 'testbed',
  '@tidemark/cli': 'cli',
};

function importsOf(text: string): { readonly specifier: string; readonly typeOnly: boolean }[] {
  const found = text.matchAll(/^\s*(?:import|export)\s+(type\s+)?[^'";]*?from\s+'([^']+)'|import\(\s*'([^']+)'\s*\)/gm);
  return [...found].map(([, type, from, dynamic]) => ({ specifier: (from ?? dynamic)!, typeOnly: type !== undefined }));
}

test('imports go one way', () => {
  const wrong = sources
    .filter((file) => !file.endsWith('.test.ts'))
    .flatMap((file) => {
      const from = file.split('/')[0]!;
      return importsOf(read(file)).flatMap(({ specifier, typeOnly }) => {
        const to =
          packageOf[
            specifier
              .split('/')
              .slice(0, specifier.startsWith('@') ? 2 : 1)
              .join('/')
          ];
        if (to === undefined || to === from) return [];
        if (!mayImport[from]!.includes(to))
          return [`${file} imports ${specifier}: ${from} may import ${mayImport[from]!.join(', ') || 'nothing'}`];
        if (from === 'dashboard' && to === 'collector' && !typeOnly)
          return [`${file} imports ${specifier}: by type only`];
        return [];
      });
    });
  expect(wrong).toEqual([]);
});

test('no import leaves its package by a path', () => {
  const wrong = sources.flatMap((file) => {
    const up = file.split('/').length - 2;
    const climbs = new RegExp(`^(\\.\\./){${up},}`);
    if (file.endsWith('.test.ts')) return [];
    return importsOf(read(file))
      .filter(({ specifier }) => climbs.test(specifier))
      .map(({ specifier }) => `${file}: ${specifier}`);
  });
  expect(wrong).toEqual([]);
});

test('core imports nothing but itself', () => {
  const wrong = sources
    .filter((file) => file.startsWith('core/') && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      importsOf(read(file))
        .filter(({ specifier }) => !specifier.startsWith('.'))
        .map(({ specifier }) => `${file}: ${specifier}`),
    );
  expect(wrong).toEqual([]);
});

test('core reads no clock and draws no random number: time and chance are arguments', () => {
  const banned = /Date\.now|new Date\(\s*\)|performance\.|Math\.random|hrtime|setTimeout|setInterval|process\./;
  const wrong = sources
    .filter((file) => file.startsWith('core/') && !file.endsWith('.test.ts'))
    .flatMap((file) =>
      read(file)
        .split('\n')
        .flatMap((line, i) =>
          banned.test(line.replace(/\/\/.*|^\s*\/?\*.*/, '')) ? [`${file}:${i + 1}: ${line.trim()}`] : [],
        ),
    );
  expect(wrong).toEqual([]);
});

test('no file outgrows a reader', () => {
  const long = code
    .filter((file) => read(file).split('\n').length > 301)
    .map((file) => `${file}: ${read(file).split('\n').length} lines`);
  expect(long).toEqual([]);
});

test('files are named after their one concept', () => {
  const wrong = sources.filter(
    (file) =>
      !/^[a-z0-9-]+(\.real|\.broker)?(\.test)?\.ts$/.test(basename(file)) ||
      /^(utils?|helpers?|misc|common)\.ts$/.test(basename(file)),
  );
  expect(wrong).toEqual([]);
});

test('every package says what it is for, and has the workspace version', () => {
  const packages = files.filter((file) => /^[a-z]+\/package\.json$/.test(file));
  const versions = new Set(packages.map((file) => JSON.parse(read(file)).version));
  expect(versions.size).toBe(1);
  for (const file of packages) {
    const { description, license } = JSON.parse(read(file));
    expect(description, file).toMatch(/\.$/);
    expect(license, dirname(file)).toBe('Apache-2.0');
  }
});
