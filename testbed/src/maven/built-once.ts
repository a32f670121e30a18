import { access, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findMaven } from '../broker/java.ts';
import { bequeath } from '../process/last-will.ts';

/**
 * A folder of the cache that Maven fills the first time. It gets its name only when it is complete, so two processes that
 * fill it at once do the work twice and the second finds it done; none sees half of it. `fill` works in a folder beside it
 * and answers which part of that is to be kept.
 */
export async function builtOnce(
  folder: string,
  fill: (maven: string, partial: string) => Promise<string>,
): Promise<string> {
  if (await isThere(folder)) return folder;
  const maven = await findMaven();
  const cache = dirname(folder);
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, `.${basename(folder)}-`));
  bequeath({ remove: partial });
  try {
    const finished = await fill(maven, partial);
    await rename(finished, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error;
    });
    return folder;
  } finally {
    await rm(partial, { recursive: true, force: true });
    bequeath({ keep: partial });
  }
}

export function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
