import {
  agentReference,
  auditReference,
  captureReference,
  collectorReference,
  flagOf,
  followReference,
  incidentsReference,
  reprocessReference,
  type SettingDescription,
  statusReference,
} from '@tidemark/config';

interface Manual {
  readonly does: string;
  readonly example: string;
  readonly settings: readonly SettingDescription[];
  /** What else is to be known of it; its last line names the page that has it all. */
  readonly notes: readonly string[];
}

const variablesToo = 'Each is a variable too: --name is TIDEMARK_NAME. Flags win.';
const passwordNote = 'The password of --sasl is the variable TIDEMARK_PASSWORD, which other users cannot read.';
const urlNote = '--collector is the variable TIDEMARK_COLLECTOR_URL, too.';

/** What `--help` says of each command; the flags are those of the schemas by which they are read. */
export const manuals: { readonly [command: string]: Manual } = {
  agent: {
    does: 'follows a consumer group from outside, whatever its language: never joins it, never commits',
    example: 'tidemark agent --group billing --brokers kafka-1:9092 [--window tumbling:5s --grace 2s]',
    settings: [...followReference.filter(({ name }) => name !== 'TIDEMARK_PASSWORD'), ...agentReference],
    notes: [variablesToo, passwordNote, 'What each is for: docs/sidecar.md and docs/attach.md'],
  },
  audit: {
    does: 'what a lateness policy cost, and what others would have, over the history of a topic or a file',
    example: 'tidemark audit --file orders.jsonl --window tumbling:1m --grace 30s [--html report.html]',
    settings: auditReference,
    notes: [
      'One of --file, --capture and --topic is needed.',
      passwordNote,
      'Ends with 1 where an objective (--max-…) is missed.',
      'What each is for: docs/audit.md',
    ],
  },
  capture: {
    does: 'writes down what agents report, for the verdicts to be reproduced: tidemark audit --capture FILE',
    example: 'tidemark capture --out today.jsonl.gz [--collector http://127.0.0.1:8080]',
    settings: captureReference,
    notes: ['Without --collector reports are written down and go nowhere else.', 'More: docs/audit.md'],
  },
  collector: {
    does: 'takes reports, judges, serves the page, the API and /metrics',
    example: 'tidemark collector [--listen 127.0.0.1:8080] [--store /var/lib/tidemark]',
    settings: collectorReference,
    notes: [variablesToo, 'What each is for: docs/api.md and docs/operations.md'],
  },
  incidents: {
    does: 'what happened, in a table with a sentence each, or one with its evidence',
    example: 'tidemark incidents [ID] [--collector http://127.0.0.1:8080]',
    settings: incidentsReference,
    notes: [urlNote, 'Ends with 0: none is open, 1: one is, 2: cannot tell.', 'More: docs/incidents.md'],
  },
  reprocess: {
    does: 'the five steps of making results again, with their numbers and commands; it takes none of them',
    example:
      'tidemark reprocess plan --group billing --brokers kafka-1:9092 --since 2h --window tumbling:1m --grace 30s',
    settings: [...reprocessReference, { name: 'json', accepted: 'no value', default: undefined }],
    notes: ['--group, --brokers and --since are needed.', passwordNote, 'What each is for: docs/audit.md'],
  },
  status: {
    does: 'how far everybody is: groups, tasks, watermarks, clocks, agents and the producers that they watch',
    example: 'tidemark status [--collector http://127.0.0.1:8080]',
    settings: statusReference,
    notes: [urlNote, 'More: docs/incidents.md'],
  },
};

/** The commands in a few lines. */
export function usage(): string {
  const rows = Object.entries(manuals).map(
    ([name, { does, example }]) => `  ${name.padEnd(11)}${does}\n${' '.repeat(13)}${example}\n`,
  );
  return `tidemark COMMAND [flags]\n\n${rows.join('')}\ntidemark COMMAND --help lists its flags; tidemark --version says which one this is.\n`;
}

/** One command with all of its flags. */
export function usageOf(command: string): string {
  const { does, example, settings, notes } = manuals[command]!;
  const flags = settings.map((setting) => ({ ...setting, flag: `--${flagOf(setting.name)}` }));
  const widthColumns = Math.max(...flags.map(({ flag }) => flag.length)) + 2;
  const rows = flags.map(({ flag, accepted, default: otherwise }) => {
    const ending = otherwise === undefined || otherwise === '' ? '' : `; default ${otherwise}`;
    return `  ${flag.padEnd(widthColumns)}${accepted.replaceAll('`', '')}${ending}`;
  });
  return `tidemark ${command}: ${does}\n\n  ${example}\n\n${rows.join('\n')}\n\n${notes.join('\n')}\n`;
}
