import { audit, dialects } from '@tidemark/core';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { amountExpected, parseAmount, parseShare, shareExpected } from './amount.ts';
import { described, type SettingDescription } from './described.ts';
import type { Checked, Fault } from './faults.ts';
import { text } from './parsed-text.ts';

const words = z.union([z.string(), z.number()]).transform(String);
const amount = words.pipe(text(amountExpected, parseAmount)).describe(amountExpected);
const share = words.pipe(text(shareExpected, parseShare)).describe(shareExpected);

const objective = z.strictObject({
  maxDropped: amount.optional(),
  maxWindowsTouched: amount.optional(),
  maxWindowError: share.optional(),
});

/** Beside what the policy itself consists of, which its engine decides. */
const around = {
  name: z.string().min(1).max(200).describe('a text of at most 200 characters').optional(),
  tasks: z.enum(['partition', 'all']).describe('one of partition, all').optional(),
  emit: z.enum(['onWindowUpdate', 'onWindowClose']).describe('one of onWindowUpdate, onWindowClose').optional(),
  objective: objective.describe('fields `maxDropped`, `maxWindowsTouched`, `maxWindowError`').optional(),
};

/** Beside the fields of its engine, and of `objective`. */
export const policyFileReference: readonly SettingDescription[] = [
  ...described(z.object(around)),
  ...described(objective).map((field) => ({ ...field, name: `objective.${field.name}` })),
];

const file = z.strictObject({ policies: z.array(z.looseObject(around)).min(1).max(64) });

const cures: { readonly [code: string]: string } = {
  invalid_type: 'policies: a list, each with engine, window and what the engine needs',
  too_small: 'at least one policy, with engine, window and what the engine needs',
  too_big: 'at most 64 policies',
};

/** The policies of an audit as YAML text; every fault is named with its place and its cure. */
export function readPolicyFile(yaml: string, path = 'policies'): Checked<readonly audit.AuditPolicy[]> {
  let value: unknown;
  try {
    value = parse(yaml);
  } catch (error) {
    const reason = error instanceof YAMLParseError ? error.message.split('\n')[0]! : String(error);
    return { ok: false, faults: [{ where: path, got: 'what is no YAML', expected: `YAML: ${reason}` }] };
  }
  const read = file.safeParse(value);
  if (!read.success) return { ok: false, faults: read.error.issues.map((issue) => faultOf(issue, value, path)) };
  const faults: Fault[] = [];
  const policies: audit.AuditPolicy[] = [];
  for (const [i, { name, tasks, emit, objective, ...spec }] of read.data.policies.entries()) {
    const checked = auditPolicy(spec, { name, tasks, emit, objective: objective as audit.Objective | undefined });
    if (checked.ok) policies.push(checked.value);
    else faults.push(...checked.faults.map((fault) => ({ ...fault, where: `${path}: policies[${i}].${fault.where}` })));
  }
  const names = policies.map(({ name }) => name);
  for (const name of new Set(names.filter((name, i) => names.indexOf(name) !== i))) {
    faults.push({ where: `${path}: name`, got: name, expected: 'a name of its own for each policy' });
  }
  return faults.length === 0 ? { ok: true, value: policies } : { ok: false, faults };
}

/** A policy as `dialects.readPolicySpec` understands it, with what an audit wants to know besides. */
export function auditPolicy(
  spec: unknown,
  beside: {
    readonly name?: string | undefined;
    readonly tasks?: audit.TaskSharing | undefined;
    readonly emit?: audit.AuditPolicy['emit'] | undefined;
    readonly objective?: audit.Objective | undefined;
  },
): Checked<audit.AuditPolicy> {
  const checked = dialects.readPolicySpec(spec);
  if (!checked.ok) {
    return {
      ok: false,
      faults: checked.faults.map(({ path, got, expected }) => ({
        where: path,
        got: got === undefined ? undefined : typeof got === 'string' ? got : JSON.stringify(got),
        expected,
      })),
    };
  }
  return {
    ok: true,
    value: {
      name: beside.name ?? nameOf(spec as SpecFields),
      spec: checked.policy,
      tasks: beside.tasks ?? audit.usualSharing(checked.policy),
      emit: beside.emit ?? 'onWindowUpdate',
      objective: beside.objective,
    },
  };
}

interface SpecFields {
  readonly engine: string;
  readonly window: { readonly kind: string; readonly [length: string]: string };
  readonly [field: string]: unknown;
}

/** After what it does: `kafka-streams tumbling 1m grace 30s`. */
function nameOf({ engine, window, ...rest }: SpecFields): string {
  const { kind, ...lengths } = window;
  const others = Object.entries(rest).map(([field, value]) => `${field} ${inWords(value)}`);
  return [engine, kind, Object.values(lengths).join('/'), ...others].join(' ');
}

function inWords(value: unknown): string {
  return typeof value === 'object' && value !== null ? Object.values(value).join(' ') : String(value);
}

function faultOf(issue: z.core.$ZodIssue, value: unknown, path: string): Fault {
  const place = issue.path
    .reduce<string>((at, key) => (typeof key === 'number' ? `${at}[${key}]` : `${at}.${String(key)}`), '')
    .slice(1);
  const got = issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], value);
  if (issue.code === 'unrecognized_keys') {
    return {
      where: `${path}: ${[place, issue.keys.join(', ')].filter((part) => part !== '').join('.')}`,
      got: JSON.stringify((got as Record<string, unknown>)[issue.keys[0]!]),
      expected: place.endsWith('objective')
        ? 'no such field here; known are maxDropped, maxWindowsTouched, maxWindowError'
        : 'no such field here; known is policies',
    };
  }
  const expected =
    issue.code === 'custom'
      ? issue.message
      : (cures[place === '' || place === 'policies' ? issue.code : ''] ?? issue.message);
  return {
    where: `${path}: ${place || '(the file)'}`,
    got: got === undefined ? undefined : JSON.stringify(got),
    expected,
  };
}
