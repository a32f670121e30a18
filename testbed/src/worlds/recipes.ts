import { backoff } from './backoff.ts';
import { Draft, type Range } from './draft.ts';
import { mixed } from './mixed.ts';
import type { Recipe } from './recipe.ts';
import { single } from './single.ts';
import type { World } from './world.ts';

export const recipes: { readonly [family: string]: Recipe } = { ...single, ...mixed };

export function worldOf(family: string, seed: number, range: Range): World {
  const { needs = {}, make } = (recipes[family] ?? backoff[family])!;
  const draft = new Draft(seed, family, range, needs);
  make(draft);
  return draft.world();
}
