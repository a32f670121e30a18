/**
 * A second copy of core in the same process, in which what keeps the clocks' evidence keeps nothing. All else is as it is. Every
 * module that is reached from a specifier with `?without` is of the copy.
 */
import { registerHooks } from 'node:module';
import type * as Core from '@tidemark/core';

const keepers = ['keepPairs', 'keepCreateOrder'];
const mark = '?without';

export async function coreWithoutEvidence(): Promise<typeof Core> {
  registerHooks({
    resolve(specifier, context, nextResolve) {
      const resolved = nextResolve(specifier.replace(mark, ''), context);
      const isOfCopy = specifier.endsWith(mark) || context.parentURL?.endsWith(mark);
      return isOfCopy && resolved.url.includes('/core/src/') ? { ...resolved, url: resolved.url + mark } : resolved;
    },
    load(url, context, nextLoad) {
      if (!url.endsWith(mark)) return nextLoad(url, context);
      const loaded = nextLoad(url.slice(0, -mark.length), context);
      return url.endsWith(`/open-cell.ts${mark}`) ? { ...loaded, source: emptied(String(loaded.source)) } : loaded;
    },
  });
  const copy = `@tidemark/core${mark}`;
  return (await import(copy)) as typeof Core;
}

function emptied(source: string): string {
  let text = source;
  for (const name of keepers) {
    const head = new RegExp(`(export function ${name}\\([^]*?\\): void \\{)`);
    if (!head.test(text)) throw new Error(`open-cell.ts has no ${name}: this benchmark is out of date`);
    text = text.replace(head, '$1 return;');
  }
  return text;
}
