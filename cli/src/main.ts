#!/usr/bin/env -S node --disable-warning=TimeoutNegativeWarning
import { readFileSync } from 'node:fs';
import module from 'node:module';
import { usage, usageOf } from './usage.ts';

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

const [name = '', ...flags] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
const asked = name === 'help' ? flags[0] : flags.includes('--help') || flags.includes('-h') ? name : undefined;
if (asked !== undefined && Object.hasOwn(commands, asked)) process.stdout.write(usageOf(asked));
else if (['--help', '-h', 'help'].includes(name)) process.stdout.write(usage());
else if (['--version', '-v', 'version'].includes(name)) process.stdout.write(`${ownVersion()}\n`);
else if (command !== undefined && isOldNode && !onOldNode.has(name)) {
  process.stderr.write(`tidemark ${name}: this is Node ${process.version}; it needs 22.15 or later, or 24\n`);
  process.exitCode = 2;
} else if (command !== undefined) await command(flags);
else {
  const fault = name === '' ? 'no command given' : `there is no command ${JSON.stringify(name)}`;
  process.stderr.write(`tidemark: ${fault}; expected one of ${Object.keys(commands).join(', ')}\n\n${usage()}`);
  process.exitCode = 1;
}

function ownVersion(): string {
  return JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version;
}
