import type { audit } from '@tidemark/core';
import type { Fault } from './faults.ts';
import { auditPolicy } from './policy-file.ts';

/** Flags that make up a policy, as the fields of a policy file. */
const specFlags: { readonly [flag: string]: string } = {
  grace: 'grace',
  retention: 'retention',
  'timestamp-extractor': 'timestampExtractor',
  'out-of-orderness': 'outOfOrderness',
  'allowed-lateness': 'allowedLateness',
  'idle-timeout': 'idleTimeout',
  'watermark-interval': 'watermarkInterval',
  partitions: 'partitions',
};

export const policySpecFlags: readonly string[] = Object.keys(specFlags);

/** What was read of the flags that make up a policy. */
export interface PolicyFlags {
  readonly policies?: string | undefined;
  readonly engine: string;
  readonly window?: { readonly [field: string]: string } | undefined;
  readonly late?: { readonly kind: string; readonly by?: string } | undefined;
  readonly emit: 'on-window-update' | 'on-window-close';
  readonly tasks?: audit.TaskSharing | undefined;
  readonly 'max-dropped'?: audit.Amount | undefined;
  readonly 'max-windows-touched'?: audit.Amount | undefined;
  readonly 'max-window-error'?: number | undefined;
  readonly capture?: string | undefined;
}

/** `file`: its text is still to be read, which a shell does. `captured`: those that the captured consumers declared. */
export type PolicySetting =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'given'; readonly policy: audit.AuditPolicy }
  | { readonly kind: 'captured' };

export function policiesOf(
  data: PolicyFlags,
  given: { readonly [name: string]: string },
  faults: Fault[],
): PolicySetting | undefined {
  const own = [
    'window',
    'engine',
    'late',
    'emit',
    'tasks',
    'max-dropped',
    'max-windows-touched',
    'max-window-error',
    ...Object.keys(specFlags),
  ];
  if (data.policies !== undefined) {
    for (const flag of own.filter((flag) => flag in given)) {
      faults.push({ where: `--${flag}`, got: given[flag], expected: 'it to be in the file that --policies names' });
    }
    return { kind: 'file', path: data.policies };
  }
  if (data.window === undefined) {
    if (data.capture !== undefined) return { kind: 'captured' };
    faults.push({ where: '--window', got: undefined, expected: 'a window such as tumbling:1m, or --policies FILE' });
    return undefined;
  }
  const spec: { [field: string]: unknown } = { engine: data.engine, window: data.window };
  for (const [flag, field] of Object.entries(specFlags)) if (flag in given) spec[field] = given[flag];
  if (data.late !== undefined) spec.late = data.late;
  const checked = auditPolicy(spec, {
    tasks: data.tasks,
    emit: data.emit === 'on-window-close' ? 'onWindowClose' : 'onWindowUpdate',
    objective: {
      ...(data['max-dropped'] && { maxDropped: data['max-dropped'] }),
      ...(data['max-windows-touched'] && { maxWindowsTouched: data['max-windows-touched'] }),
      ...(data['max-window-error'] !== undefined && { maxWindowError: data['max-window-error'] }),
    },
  });
  if (checked.ok) return { kind: 'given', policy: checked.value };
  faults.push(
    ...checked.faults.map(({ where, got, expected }) => {
      const flag = flagOf(where);
      return { where: flag, got, expected: flag === '--late' && got === undefined ? lateExpected : expected };
    }),
  );
  return undefined;
}

function flagOf(path: string): string {
  const field = path.split('.')[0]!;
  const flag = Object.entries(specFlags).find(([, name]) => name === field)?.[0];
  return `--${flag ?? field}`;
}

export function parseWindow(given: string): { readonly [field: string]: string } | undefined {
  const [kind, length = '', ...rest] = given.split(':');
  const [one = '', other, ...more] = length.split('/');
  if (rest.length > 0 || more.length > 0 || one === '') return undefined;
  switch (kind) {
    case 'tumbling':
      return other === undefined ? { kind, size: one } : undefined;
    case 'hopping':
      return other === undefined ? undefined : { kind, size: one, advance: other };
    case 'sliding':
      return other === undefined ? { kind, difference: one } : undefined;
    case 'session':
      return other === undefined ? { kind, gap: one } : undefined;
    default:
      return undefined;
  }
}

export const lateExpected = 'drop, wait:5s or grace:5s';

export function parseLate(given: string): { readonly kind: string; readonly by?: string } | undefined {
  const [kind, by, ...rest] = given.split(':');
  if (rest.length > 0 || !['drop', 'wait', 'grace'].includes(kind!)) return undefined;
  if (kind === 'drop') return by === undefined ? { kind } : undefined;
  return by === undefined ? undefined : { kind: kind!, by };
}
