/**
 * Opens findings, keeps them up to date and closes them. Whoever judges says at each of its turns what is the case now, as
 * drafts; here it is decided what of that is news. A finding opens when its draft has been there for `openAfterMs` and closes when it has
 * been away for `closeAfterMs`; if it comes back soon it is the same finding again. So nothing flaps.
 */
import type { Finding, FindingKind, FindingOf } from './finding.ts';

export const findingLimits = { maxFindings: 200, maxPending: 1_000 } as const;

/** What is the case now. `key` says of two drafts of one kind whether they are about the same thing. */
export type FindingDraft = { [K in FindingKind]: DraftOf<K> }[FindingKind];

export interface DraftOf<K extends FindingKind>
  extends Pick<FindingOf<K>, 'kind' | 'subject' | 'evidence' | 'sentence'> {
  readonly key: string;
}

export interface FindingsFold {
  /** By kind and key. */
  readonly byKey: Map<string, FindingFold>;
  count: number;
  overflow: number;
}

interface FindingFold {
  readonly kind: FindingKind;
  /** Undefined: not there for long enough yet. */
  finding: Finding | undefined;
  firstMs: number;
  lastMs: number;
}

export interface SettleRule {
  readonly openAfterMs: number;
  readonly closeAfterMs: number;
}

/** What closed less long ago and comes back is the same finding. */
const reopenMs = 300_000;

export function createFindingsFold(): FindingsFold {
  return { byKey: new Map(), count: 0, overflow: 0 };
}

export function isOpen(fold: FindingsFold, kind: FindingKind, key: string): boolean {
  return fold.byKey.get(`${kind} ${key}`)?.finding?.status === 'open';
}

/** The turn of one judge: `rules` names the kinds that it judges, all of which it has judged now. */
export function settleFindings(
  fold: FindingsFold,
  rules: { readonly [K in FindingKind]?: SettleRule },
  drafts: readonly FindingDraft[],
  nowMs: number,
): void {
  const said = new Set<string>();
  for (const draft of drafts) {
    const key = `${draft.kind} ${draft.key}`;
    said.add(key);
    see(fold, key, draft, rules[draft.kind]!, nowMs);
  }
  for (const [key, known] of fold.byKey) {
    const rule = rules[known.kind];
    if (rule === undefined || said.has(key)) continue;
    if (known.finding === undefined) fold.byKey.delete(key);
    else if (known.finding.status === 'open' && nowMs - known.lastMs >= rule.closeAfterMs) {
      known.finding = { ...known.finding, status: 'closed', closedAtMs: nowMs, updatedAtMs: nowMs };
    }
  }
}

function see(fold: FindingsFold, key: string, draft: FindingDraft, rule: SettleRule, nowMs: number): void {
  let known = fold.byKey.get(key);
  if (known?.finding?.status === 'closed' && nowMs - known.finding.closedAtMs! > reopenMs) {
    // That one is history: it keeps its place under a key that nothing asks for.
    fold.byKey.set(`${key} ${known.finding.id}`, known);
    fold.byKey.delete(key);
    known = undefined;
  }
  if (known === undefined) {
    if (fold.byKey.size >= findingLimits.maxPending) {
      fold.overflow++;
      return;
    }
    known = { kind: draft.kind, finding: undefined, firstMs: nowMs, lastMs: nowMs };
    fold.byKey.set(key, known);
  }
  if (known.finding?.status === 'closed' && nowMs - known.lastMs > reopenMs) known.firstMs = nowMs;
  known.lastMs = nowMs;
  const { finding } = known;
  const { key: _, ...said } = draft;
  if (finding === undefined) {
    if (nowMs - known.firstMs < rule.openAfterMs) return;
    fold.count++;
    known.finding = {
      id: `${draft.kind}-${fold.count}`,
      status: 'open',
      openedAtMs: nowMs,
      updatedAtMs: nowMs,
      ...said,
    } as Finding;
  } else if (finding.status === 'closed' || finding.sentence !== draft.sentence) {
    const { closedAtMs: _closed, ...open } = finding;
    known.finding = { ...open, ...said, status: 'open', updatedAtMs: nowMs } as Finding;
  }
}

/** The open ones first, then the newest; the oldest closed ones make room. The same list as before if nothing changed. */
export function findingsOf(fold: FindingsFold, previous: readonly Finding[]): readonly Finding[] {
  const all = [...fold.byKey].flatMap(([key, { finding }]) => (finding === undefined ? [] : [{ key, finding }]));
  all.sort(
    ({ finding: a }, { finding: b }) =>
      Number(b.status === 'open') - Number(a.status === 'open') || b.openedAtMs - a.openedAtMs,
  );
  for (const { key } of all.splice(findingLimits.maxFindings)) fold.byKey.delete(key);
  const findings = all.map(({ finding }) => finding);
  const same = findings.length === previous.length && findings.every((finding, i) => finding === previous[i]);
  return same ? previous : findings;
}
