import { parseArgs } from 'node:util';
import { backoff } from './backoff.ts';
import { judgedOf } from './judged.ts';
import { mixed } from './mixed.ts';
import { recipes, worldOf } from './recipes.ts';
import { single } from './single.ts';

/**
 * `node --conditions=tidemark-source testbed/src/worlds/judge.ts [--count N] [--seed FIRST] [FAMILY…]`: makes as many worlds of each range and
 * judges what is said of them, a line for each kind of incident. `how-we-know.ts` reads it.
 */
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '114' }, seed: { type: 'string', default: '1' } },
});
const families = positionals.length > 0 ? positionals : Object.keys(recipes);
for (const range of ['like', 'wide'] as const) {
  for (const [what, some] of Object.entries({ single, mixed, backoff })) {
    const kinds = new Map<string, { found: number; falsely: number; missed: number }>();
    const at = (kind: string): { found: number; falsely: number; missed: number } => {
      const row = kinds.get(kind) ?? { found: 0, falsely: 0, missed: 0 };
      kinds.set(kind, row);
      return row;
    };
    let worlds = 0;
    for (let i = 0; i < Number(values.count); i++) {
      const family = families[i % families.length]!;
      if (some[family] === undefined) continue;
      worlds++;
      const { found, falsely, missed } = judgedOf(worldOf(family, Number(values.seed) + i, range));
      for (const { kind } of found) at(kind).found++;
      for (const { kind } of falsely) at(kind).falsely++;
      for (const { kind } of missed) at(kind).missed++;
    }
    for (const [kind, { found, falsely, missed }] of [...kinds].sort()) {
      console.log(`${range} ${what} ${kind}: ${found} found, ${falsely} false, ${missed} missed`);
    }
    if (worlds > 0) console.log(`${range} ${what}: ${worlds} worlds`);
  }
}
