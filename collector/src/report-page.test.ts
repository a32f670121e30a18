import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { listItem } from './report-lists.ts';
import { reportSchema } from './report-schema.ts';

// Every object of the wire has a section that is headed by the first place where it stands, with a row for each field.

const page = readFileSync(new URL('../../docs/report.md', import.meta.url), 'utf8');

interface Parts {
  readonly innerType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly shape?: { readonly [field: string]: z.ZodType };
}

/** Fields by the first path of each object; one that may be missing ends in `?`. */
function sectionsOf(schema: z.ZodType): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const seen = new Set<z.ZodType>();
  const walk = (type: z.ZodType, path: string): void => {
    const item = type.meta()?.[listItem] as z.ZodType | undefined;
    const { innerType, options, shape } = type.def as Parts;
    const inner = item ?? innerType;
    if (inner !== undefined) {
      walk(inner, item === undefined ? path : `${path}[]`);
      return;
    }
    const shapes = options?.map((option) => (option.def as Parts).shape!) ?? (shape === undefined ? [] : [shape]);
    if (shapes.length === 0 || seen.has(type)) return;
    seen.add(type);
    const fields = shapes.flatMap((fields) => Object.entries(fields));
    found.set(path === '' ? 'report' : path, [
      ...new Set(fields.map(([name, value]) => `${name}${value._zod.optin === 'optional' ? '?' : ''}`)),
    ]);
    for (const [name, value] of fields) walk(value, path === '' ? name : `${path}.${name}`);
  };
  walk(schema, '');
  return found;
}

const said = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => [
      /^`([^`]+)`/.exec(section)![1]!,
      [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, field]) => field!),
    ]),
);

test('docs/report.md has every field of the wire, and no other', () => {
  const is = sectionsOf(reportSchema);
  expect(is.size).toBeGreaterThan(20);
  expect(Object.fromEntries(said)).toEqual(Object.fromEntries(is));
});

test('its links lead to its own sections', () => {
  const anchors = new Set([...said.keys()].map((path) => path.toLowerCase().replaceAll(/[^a-z]/g, '')));
  const links = [...page.matchAll(/\]\(#([a-z]+)\)/g)].map(([, anchor]) => anchor!);
  expect(links.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});
