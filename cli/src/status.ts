import { faultLine, readStatusSettings } from '@tidemark/config';
import type { Assessment } from '@tidemark/core';
import { answerOf, noCollector, Unanswered } from './ask-collector.ts';
import { statusText } from './status-text.ts';

const exitCodes = { told: 0, unknown: 2 } as const;

/** `tidemark status`: asks a collector how far everybody is. */
export async function runStatus(flags: readonly string[]): Promise<void> {
  const read = readStatusSettings(process.env, flags);
  if (!read.ok) {
    for (const fault of read.faults) complain(faultLine(fault));
    process.exitCode = exitCodes.unknown;
    return;
  }
  // Whoever reads only the first lines, as `head` does, has seen enough.
  process.stdout.on('error', () => process.exit());
  const { collectorUrl, json, all } = read.value;
  try {
    const assessment = await answerOf<Assessment>(collectorUrl, '/api/assessment');
    if (!Array.isArray(assessment.tasks)) throw new Unanswered(noCollector(collectorUrl));
    process.stdout.write(json ? `${JSON.stringify(assessment, undefined, 2)}\n` : statusText(assessment, { all }));
    process.exitCode = exitCodes.told;
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    complain(error.message);
    process.exitCode = exitCodes.unknown;
  }
}

function complain(text: string): void {
  process.stderr.write(`tidemark status: ${text}\n`);
}
