import {
  agentReference,
  auditReference,
  captureReference,
  collectorReference,
  followReference,
  policyFileReference,
  reprocessReference,
  type SettingDescription,
  topologyReference,
} from '@tidemark/config';

type Column = 'flag' | 'variable' | 'field';

export interface Section {
  readonly title: string;
  readonly words: string;
  readonly columns: readonly Column[];
  readonly settings: readonly SettingDescription[];
}

export const sections: readonly Section[] = [
  {
    title: 'The agent',
    words: 'In the environment of your consumer. What each is for: [attach guide](attach.md#settings).',
    columns: ['variable'],
    settings: agentReference,
  },
  {
    title: 'The sidecar: `tidemark agent`',
    words:
      'All of the agent, each also as a flag (`TIDEMARK_WINDOW` is `--window`), and these, of which group and brokers are needed. What each is for: [sidecar](sidecar.md#settings).',
    columns: ['flag', 'variable'],
    settings: followReference,
  },
  {
    title: 'The collector: `tidemark collector`',
    words: 'What each is for: [API](api.md#settings), and for the store [running it](operations.md).',
    columns: ['flag', 'variable'],
    settings: collectorReference,
  },
  {
    title: 'A topology file: `tidemark collector --topology FILE`',
    words: 'YAML: `nodes`, a list; the fields of each. An example: [API](api.md#topology).',
    columns: ['field'],
    settings: topologyReference,
  },
  {
    title: 'The audit: `tidemark audit`',
    words:
      'Flags; the password of `--sasl` is the variable `TIDEMARK_PASSWORD`. One of `--file`, `--capture`, `--topic` is needed. What each is for: [audit](audit.md#flags).',
    columns: ['flag'],
    settings: auditReference,
  },
  {
    title: 'A file of policies: `tidemark audit --policies FILE`',
    words:
      'YAML: `policies`, a list. Each has the fields of its engine, [as in dialects](dialects.md#writing-a-policy), and may have these. An example: [audit](audit.md#in-a-ci-job).',
    columns: ['field'],
    settings: policyFileReference,
  },
  {
    title: 'A capture: `tidemark capture`',
    words: 'Flags. Without `--collector` reports are written down and go nowhere else.',
    columns: ['flag'],
    settings: captureReference,
  },
  {
    title: 'A plan: `tidemark reprocess plan`',
    words:
      'Flags, and `--json`; `--group`, `--brokers` and `--since` are needed, the password of `--sasl` is `TIDEMARK_PASSWORD`. What each is for: [audit](audit.md#reprocessing).',
    columns: ['flag'],
    settings: reprocessReference,
  },
];

const head = `# Configuration

This page is made from the schemas by which settings are read: \`npm run reference\`. Where there are both, flags win over variables; of a
flag that comes twice the last one counts. An empty variable is one that is not set. All faults are named at once, each with its cure. A duration is a number with a unit (\`ms\`, \`s\`,
\`m\`, \`h\`, \`d\`): \`1500ms\`, \`5s\`, \`2h\`. What \`tidemark incidents\` and \`tidemark status\` understand is in [its own page](incidents.md).
`;

/** `docs/configuration.md`. */
export function configurationPage(): string {
  return [head, ...sections.map(sectionText)].join('\n');
}

function sectionText({ title, words, columns, settings }: Section): string {
  const row = (...cells: string[]): string => `| ${cells.join(' | ')} |`;
  const rows = settings.map(({ name, accepted, default: written }) =>
    row(
      ...columns.map((column) => cellOf(column, name)),
      written === undefined ? '' : `\`${written}\``,
      accepted.replaceAll('|', '\\|'),
    ),
  );
  const names = [...columns, 'default', 'accepted'];
  return `## ${title}\n\n${words}\n\n${[row(...names), row(...names.map(() => '---')), ...rows].join('\n')}\n`;
}

function cellOf(column: Column, name: string): string {
  const isVariable = name.startsWith('TIDEMARK_');
  switch (column) {
    case 'field':
      return `\`${name}\``;
    case 'variable':
      return `\`${isVariable ? name : `TIDEMARK_${name.toUpperCase().replaceAll('-', '_')}`}\``;
    case 'flag':
      // A command line can be read by everybody on the machine.
      if (name === 'TIDEMARK_PASSWORD') return '';
      return `\`--${isVariable ? name.slice('TIDEMARK_'.length).toLowerCase().replaceAll('_', '-') : name}\``;
  }
}
