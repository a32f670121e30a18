import type { AuditReport } from './report-shape.ts';

export interface Outcome {
  /** 0: all objectives are met; 1: one is missed; 2: there is no answer, or not for all that was asked about. */
  readonly status: 0 | 1 | 2;
  /** Why there is none. */
  readonly gap?: string;
}

/** How the command ends: no objective is met by records that nobody read. */
export function outcomeOf({ history, missed }: Pick<AuditReport, 'history' | 'missed'>): Outcome {
  const { records, incomplete, name } = history;
  if (incomplete !== undefined) return { status: 2, gap: `not all of ${name} was read: ${incomplete}` };
  if (records === 0) return { status: 2, gap: `${name}: there is no record to judge; see --from and --to` };
  return { status: missed.length > 0 ? 1 : 0 };
}
