import { writeFileSync } from 'node:fs';
import { type AuditSettings, faultLine, readAuditSettings } from '@tidemark/config';
import { audit, formatDuration } from '@tidemark/core';
import { fileHistory } from './file-history.ts';
import { type History, HistoryFault, type HistoryTally } from './history.ts';
import { outcomeOf } from './outcome.ts';
import { policiesOf } from './policies.ts';
import { replayReport } from './replay-report.ts';
import { reportOf } from './report.ts';
import type { AuditReport } from './report-shape.ts';
import { terminal } from './terminal.ts';

export async function runAudit(flags: readonly string[]): Promise<void> {
  const read = readAuditSettings(flags, { password: process.env.TIDEMARK_PASSWORD });
  const policies = read.ok ? policiesOf(read.value.policies) : undefined;
  const faults = [...(read.ok ? [] : read.faults), ...(policies?.ok === false ? policies.faults : [])];
  if (!read.ok || policies?.ok !== true) {
    for (const fault of faults) process.stderr.write(`tidemark audit: ${faultLine(fault)}\n`);
    process.exitCode = 2;
    return;
  }
  try {
    if (read.value.history.kind === 'capture') {
      await sayCapture(read.value.history.path, read.value.json);
      return;
    }
    const report = await auditHistory(read.value, policies.value, Date.now());
    if (read.value.json) process.stdout.write(`${JSON.stringify(report)}\n`);
    else process.stdout.write(terminal(report));
    if (read.value.html !== undefined) await writePage(read.value.html, report);
    const { status, gap } = outcomeOf(report);
    if (gap !== undefined) process.stderr.write(`tidemark audit: ${gap}\n`);
    process.exitCode = status;
  } catch (error) {
    if (!(error instanceof HistoryFault)) throw error;
    process.stderr.write(`tidemark audit: ${error.message}\n`);
    process.exitCode = 2;
  }
}

async function sayCapture(path: string, json: boolean): Promise<void> {
  const { auditCapture, captureText } = await import('../capture/capture-audit.ts');
  const report = await auditCapture(path);
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : captureText(report));
}

async function writePage(path: string, report: AuditReport): Promise<void> {
  const { pageOf } = await import('./html/page.ts');
  try {
    writeFileSync(path, pageOf(report));
  } catch (error) {
    throw new HistoryFault(`--html: ${(error as Error).message}`);
  }
  process.stderr.write(`tidemark audit: ${path} is one file; open it in a browser or send it on\n`);
}

/** Reads the history once, twice where a policy must know all partitions before the first record. */
export async function auditHistory(
  settings: AuditSettings,
  policies: readonly audit.AuditPolicy[],
  nowMs: number,
): Promise<AuditReport> {
  const directory = new audit.Directory();
  const history = await openHistory(settings, policies, directory, nowMs);
  const { shape } = history;
  const keyless = policies.find(({ spec }) => audit.needsKeys(spec));
  if (keyless !== undefined && !shape.hasKeys) {
    throw new HistoryFault(
      `${keyless.name}: which records its sessions lose depends on the keys; name them with --key-field`,
    );
  }
  const waits =
    settings.engineOrder !== undefined ||
    policies.some(({ spec }) => spec.engine === 'flink' && spec.partitions !== 'merged');
  if (waits && !history.placesKnown) await history.read(() => {});
  const of = new audit.Audit({
    directory,
    policies,
    hasKeys: shape.hasKeys,
    appendTimes: shape.appendTimes,
    choices: shape.choices,
    clockBoundMs: settings.clockBoundMs,
    takenWithinMs: takenWithin(settings, directory.places.length),
    withCauses: settings.causes,
    withOrder: settings.order,
  });
  const recorded = settings.replayed > 0 ? new audit.Recorded(settings.replayed) : undefined;
  const punctuations = policies.map((policy) => punctuation(policy, settings.punctuateMs, directory));
  if (waits) of.expect();
  const judge = (record: audit.Audited): void => {
    of.judge(record);
    for (const timers of punctuations) timers?.take(record);
  };
  const order = engineOrder(settings, policies, { directory, appendTimes: shape.appendTimes }, judge);
  const tally: HistoryTally = await history.read((record) => {
    of.arrive(record);
    recorded?.take(record);
    if (order === undefined) judge(record);
    else if (order.waiting < maxWaiting) order.take(record);
    else throw new HistoryFault(`--idle: ${maxWaiting} records wait for a partition that is silent; wait less long`);
  });
  order?.end();
  of.end();
  return reportOf(of, {
    shape: { ...shape, order: orderText(shape.order, settings) },
    tally,
    settings,
    punctuations,
    replays: recorded && replayReport(recorded, policies, directory, settings.engineOrder),
  });
}

/** What waits is kept in memory. */
const maxWaiting = 2_000_000;

/** Undefined: records are judged as they arrived. */
function engineOrder(
  { engineOrder }: AuditSettings,
  policies: readonly audit.AuditPolicy[],
  of: Pick<audit.AuditOptions, 'directory' | 'appendTimes'>,
  judge: (record: audit.Audited) => void,
): audit.EngineOrder | undefined {
  if (engineOrder === undefined) return undefined;
  const other = policies.find(({ spec }) => spec.engine === 'flink' || spec.engine === 'beam');
  if (other !== undefined) {
    throw new HistoryFault(
      `--order-by engine: ${other.name} is of ${other.spec.engine}, which takes records as they come; audit it by itself`,
    );
  }
  const [tasks, ...others] = new Set(policies.map(({ tasks }) => tasks));
  if (others.length > 0)
    throw new HistoryFault('--order-by engine: the policies share tasks in two ways; audit those of one way at once');
  return new audit.EngineOrder({ ...of, ...engineOrder, tasks: tasks! }, judge);
}

/** One that waits for silent partitions, one after the other, takes its records that much later. */
function takenWithin({ takenWithinMs, engineOrder }: AuditSettings, partitions: number): number {
  if (engineOrder === undefined) return takenWithinMs;
  const { maxIdleMs, fetchEveryMs } = engineOrder;
  return Math.max(takenWithinMs, fetchEveryMs + maxIdleMs * Math.max(1, partitions - 1));
}

function orderText(arrival: string, { engineOrder }: AuditSettings): string {
  if (engineOrder === undefined) return arrival;
  const { maxIdleMs, fetchEveryMs } = engineOrder;
  const fetched =
    fetchEveryMs === 0 ? 'when it arrived' : `with the next fetch, one every ${formatDuration(fetchEveryMs)}`;
  return (
    `as tasks of Kafka Streams choose by event time, waiting ${formatDuration(maxIdleMs)} for a partition that has nothing; ` +
    `each record was at hand ${fetched} (${arrival})`
  );
}

async function openHistory(
  settings: AuditSettings,
  policies: readonly audit.AuditPolicy[],
  directory: audit.Directory,
  nowMs: number,
): Promise<History> {
  const { history, causes, order, engineOrder } = settings;
  if (history.kind === 'file') return fileHistory(history, directory);
  if (history.kind === 'capture') throw new HistoryFault('--capture has verdicts, and no records to audit anew');
  const byKey = policies.some(({ spec, emit }) => !audit.hasGrid(spec) || emit === 'onWindowClose');
  const byPresence = policies.some(({ spec }) => spec.engine === 'kafka-streams');
  const shares = history.topics.length > 1 || policies.some(({ tasks }) => tasks === 'all');
  const merged = causes || order || shares || engineOrder !== undefined;
  const { kafkaHistory } = await import('./kafka-history.ts');
  return kafkaHistory(history, directory, { keys: byKey ? 'identity' : byPresence ? 'presence' : 'no', merged }, nowMs);
}

/** Timers of stream time are windows without any grace: one fires when its window ends. */
function punctuation(
  { tasks }: audit.AuditPolicy,
  everyMs: number | undefined,
  directory: audit.Directory,
): audit.PolicyAudit | undefined {
  if (everyMs === undefined || everyMs === 0) return undefined;
  const spec = { engine: 'plain', window: { kind: 'tumbling', sizeMs: everyMs }, late: { kind: 'drop' } } as const;
  const policy = { name: 'punctuations', spec, tasks, emit: 'onWindowUpdate', objective: undefined } as const;
  return new audit.PolicyAudit(policy, { directory, hasKeys: false, slacksMs: [0] });
}
