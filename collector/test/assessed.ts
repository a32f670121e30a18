import { type Assessment, assess, createState, firstAssessment, ingest, type Report } from '@tidemark/core';

/** What is believed in the end of the reports of an agent, by who looks at every n-th of them and at the last. */
export function assessedOf(reports: readonly Report[], everyReports = 1): Assessment {
  const state = createState();
  let assessment = firstAssessment(reports[0]!.fromMs);
  for (const [i, report] of reports.entries()) {
    ingest(state, report, report.toMs);
    if ((i + 1) % everyReports === 0 || i === reports.length - 1) assessment = assess(assessment, state, report.toMs);
  }
  return assessment;
}
