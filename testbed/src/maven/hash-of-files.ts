import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Twelve hexadecimal digits of what some files and folders hold, and of `more`: what is built of them is named by it. */
export async function hashOfFiles(paths: readonly string[], more = ''): Promise<string> {
  const hash = createHash('sha256').update(more);
  for (const path of (await Promise.all(paths.map(filesOf))).flat().sort()) hash.update(await readFile(path));
  return hash.digest('hex').slice(0, 12);
}

async function filesOf(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
