import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import type { Ratio } from './ratio.ts';

/** A folder of a benchmark's own that git does not see. */
export function cacheOf(bench: string): string {
  const folder = resolve('.cache', 'bench', bench);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Installs a rival on demand, outside of our own packages; where it lies. */
export function installed(name: string, version: string): string {
  const folder = cacheOf(`${name}-${version}`);
  const path = join(folder, 'node_modules', name);
  if (!existsSync(join(path, 'package.json'))) {
    process.stderr.write(`Installing ${name} ${version} …\n`);
    execFileSync('npm', ['install', '--no-fund', '--no-audit', '--no-save', '--prefix', folder, `${name}@${version}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return path;
}

/** Prints the ratios, and with `--json` the one line that others read. Exit code 2: the interval is too wide to tell. */
export function reported(result: {
  readonly bench: string;
  readonly ratios: { readonly [name: string]: Ratio };
  readonly runs: readonly object[];
  readonly json: boolean;
  readonly isUnclear: boolean;
}): void {
  const { bench, runs, json, isUnclear } = result;
  const rounded = (value: number): number => Number(value.toPrecision(4));
  const entries = Object.entries(result.ratios);
  for (const [name, { median, low, high }] of entries) {
    console.log(`${name.padEnd(14)} ${rounded(median)}   95 %: ${rounded(low)} – ${rounded(high)}`);
  }
  if (isUnclear) console.log('The intervals are too wide to tell: the machine was too busy.');
  if (json) {
    const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
    const machine = `${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} cores, Node ${process.versions.node}`;
    const ratios = Object.fromEntries(entries.map(([name, { median }]) => [name, rounded(median)]));
    const ci = Object.fromEntries(entries.map(([name, { low, high }]) => [name, [rounded(low), rounded(high)]]));
    console.log(JSON.stringify({ bench, commit, machine, ratios, ci, runs }));
  }
  process.exitCode = isUnclear ? 2 : 0;
}
