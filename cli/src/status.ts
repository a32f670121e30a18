import { readStatusSettings } from '@tidemark/config';
import type { Assessment } from '@tidemark/core';
import { answerOf, noCollector, runAsking, Unanswered } from './ask-collector.ts';
import { statusText } from './status-text.ts';

/** `tidemark status`: asks a collector how far everybody is. */
export async function runStatus(flags: readonly string[]): Promise<void> {
  await runAsking('status', readStatusSettings(process.env, flags), async ({ collectorUrl, json, all }) => {
    const assessment = await answerOf<Assessment>(collectorUrl, '/api/assessment');
    if (!Array.isArray(assessment.tasks)) throw new Unanswered(noCollector(collectorUrl));
    process.stdout.write(json ? `${JSON.stringify(assessment, undefined, 2)}\n` : statusText(assessment, { all }));
    return 0;
  });
}
