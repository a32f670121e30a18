import { readFileSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A process may hold several copies of kafkajs, each with classes of its own. A copy is known by its entry file. */
export function isKafkajsEntry(place: string): boolean {
  return /[\\/]kafkajs[\\/]index\.js(?:[?#].*)?$/.test(place);
}

/** `Module._load` and `_cache` are what `require` itself goes through; neither is in the types. */
const internals = module as unknown as {
  readonly _load?: (path: string, parent: null, isMain: false) => unknown;
  readonly _cache?: { readonly [path: string]: unknown };
};

/** Entry files of the copies that this process has loaded, by import or by require. */
export function loadedCopies(): string[] {
  return Object.keys(internals._cache ?? {}).filter(isKafkajsEntry);
}

/**
 * Not by the plain `require`: OpenTelemetry and others patch that one to wrap what is loaded through it. We want to be inside
 * of their wrappers, where they put everything else, so that they find kafkajs as they expect it when the host asks for it.
 */
export function loadCopy(path: string): unknown {
  return internals._load === undefined ? createRequire(path)(path) : internals._load(path, null, false);
}

/** Such as `kafkajs 2.2.4`. */
export function nameOfCopy(path: string | undefined): string {
  if (path === undefined) return 'kafkajs';
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(dirname(path), 'package.json'), 'utf8'));
    return `kafkajs ${String((manifest as { readonly version?: unknown }).version)}`;
  } catch {
    return 'kafkajs (version unknown)';
  }
}
