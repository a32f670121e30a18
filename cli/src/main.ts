#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import module from 'node:module';
import { auditFlags, captureFlags, followFlags, incidentsFlags, reprocessFlags, statusFlags } from '@tidemark/config';

/** What there is to run. Each is loaded only when it is wanted. */
const commands: { readonly [name: string]: (flags: readonly string[]) => Promise<void> } = {
  agent: async (flags) => (await import('./agent.ts')).runAgent(flags),
  audit: async (flags) => (await import('./audit/run-audit.ts')).runAudit(flags),
  capture: async (flags) => (await import('./capture/run-capture.ts')).runCapture(flags),
  reprocess: async (flags) => (await import('./reprocess/run-reprocess.ts')).runReprocess(flags),
  // It reads the flags of the process itself, and it is what `npm run collector` starts too.
  collector: async (flags) => {
    process.argv.splice(2, process.argv.length, ...flags);
    await import('@tidemark/collector/main');
  },
  incidents: async (flags) => (await import('./incidents.ts')).runIncidents(flags),
  status: async (flags) => (await import('./status.ts')).runStatus(flags),
};

/** What needs nothing of Node that came after 20: hosts of consumers are old more often than those of collectors. */
const onOldNode: ReadonlySet<string> = new Set(['agent', 'incidents', 'status']);
const isOldNode = typeof module.registerHooks !== 'function';

const usage = `tidemark COMMAND [flags]

  agent      follows a consumer group from outside, whatever its language: never joins it, never commits
             tidemark agent --group billing --brokers kafka-1:9092 [--window tumbling:5s --grace 2s]
             ${followFlags.join(' ')}
  audit      what a lateness policy cost, and what others would have, over the history of a topic or a file
             tidemark audit --file orders.jsonl --window tumbling:1m --grace 30s [--html report.html]
             ${auditFlags.join(' ')}
  capture    writes down what agents report, for the verdicts to be reproduced: tidemark audit --capture FILE
             tidemark capture --out today.jsonl.gz [--collector http://127.0.0.1:8080]
             ${captureFlags.join(' ')}
  collector  takes reports, judges, serves the page, the API and /metrics
             tidemark collector [--listen 127.0.0.1:8080]
  incidents  what happened, in a table with a sentence each, or one with its evidence
             tidemark incidents [ID] [--collector http://127.0.0.1:8080] (or TIDEMARK_COLLECTOR_URL)
             ${incidentsFlags.join(' ')}
             ends with 0: none is open, 1: one is, 2: cannot tell
  reprocess  the five steps of making results again, with their numbers and commands; it takes none of them
             tidemark reprocess plan --group billing --brokers kafka-1:9092 --since 2h --window tumbling:1m --grace 30s
             ${reprocessFlags.join(' ')}
  status     how far everybody is: groups, tasks, watermarks, agents and the producers that they watch
             tidemark status [--collector http://127.0.0.1:8080] (or TIDEMARK_COLLECTOR_URL)
             ${statusFlags.join(' ')}

Every flag that takes a value is a variable too: --commit-poll is TIDEMARK_COMMIT_POLL.
`;

const [name = '', ...flags] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (flags.includes('--help') || ['--help', '-h', 'help'].includes(name)) process.stdout.write(usage);
else if (command !== undefined && isOldNode && !onOldNode.has(name)) {
  process.stderr.write(`tidemark ${name}: this is Node ${process.version}; it needs 22.15 or later, or 24\n`);
  process.exitCode = 2;
} else if (command !== undefined) await command(flags);
else {
  const fault = name === '' ? 'no command given' : `there is no command ${JSON.stringify(name)}`;
  process.stderr.write(`tidemark: ${fault}; expected one of ${Object.keys(commands).join(', ')}\n\n${usage}`);
  process.exitCode = 1;
}
