import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** The vector files of a path: itself, or everything below it. Only `index.json` and other extensions are passed over. */
export function vectorFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return isVector(path) ? [path] : [];
  return readdirSync(path, { withFileTypes: true })
    .sort((one, other) => (one.name < other.name ? -1 : 1))
    .flatMap((entry) => {
      const below = join(path, entry.name);
      if (entry.isDirectory() || (entry.isSymbolicLink() && leadsSomewhere(below))) return vectorFiles(below);
      return isVector(below) ? [below] : [];
    });
}

/** A broken link is a file that cannot be read: it fails by itself and leaves the rest of its folder to be judged. */
function leadsSomewhere(link: string): boolean {
  try {
    return statSync(link, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

function isVector(path: string): boolean {
  return /\.json(\.gz)?$/.test(path) && basename(path).replace(/\.gz$/, '') !== 'index.json';
}

export function readVector(path: string): unknown {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
}
