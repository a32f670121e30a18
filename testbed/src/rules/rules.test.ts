import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { producerReport } from '../../../collector/test/producer-report.ts';
import { served, storeIn } from '../../../collector/test/served.ts';
import { reportsOf } from '../../../collector/test/story.ts';
import { root } from '../demo/run-flags.ts';
import { missingPrometheusTools } from './prometheus-tools.ts';
import { type AlertRule, alertRules, askedBy, dashboard, readYaml, recordingRules, ruleFile } from './rule-files.ts';

const missing = missingPrometheusTools();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

describe.skipIf(missing !== undefined)(`promtool and amtool${missing ? ` (${missing})` : ''}`, () => {
  test.for([
    { why: 'the rules are rules', run: ['promtool', 'check', 'rules', 'recording.yml', 'alerts.yml'] },
    {
      why: 'each alert fires, does not fire, and resolves',
      run: ['promtool', 'test', 'rules', 'test/alerts.test.yml'],
    },
    { why: 'the example of Prometheus is one', run: ['promtool', 'check', 'config', 'prometheus.yml'] },
    { why: 'the example of Alertmanager is one', run: ['amtool', 'check-config', 'alertmanager.yml'] },
  ])('$why', ({ run: [program, ...args] }) => {
    const { status, stdout, stderr } = spawnSync(program!, args, { cwd: ruleFile('.'), encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  });

  /** A copy of the rules in which to do as `line` says. */
  function inCopy(line: string): number | null {
    const folder = mkdtempSync(join(tmpdir(), 'tidemark-rules-'));
    cpSync(ruleFile('.'), join(folder, 'rules'), { recursive: true });
    const { status } = spawnSync('sh', ['-ec', line], { cwd: folder });
    rmSync(folder, { recursive: true });
    return status;
  }

  test('the commands of the runbook do what it says', () => {
    const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
    const commands = [...runbook.matchAll(/^ {4}(\w.*)$/gm)].map(([, command]) => command!);
    expect(commands.map((command) => command.split(' ')[0])).toEqual(['sed', 'promtool']);
    expect(
      inCopy([...commands, 'grep -q https://wiki.your.org/tidemark#tidemarkagentlost rules/alerts.yml'].join('\n')),
    ).toBe(0);
  });

  test('the tests of the rules fail when a rule is wrong', () => {
    expect(inCopy("sed -i 's/> 0/> 1e9/' rules/alerts.yml\npromtool test rules rules/test/alerts.test.yml")).not.toBe(
      0,
    );
  });
});

interface RuleTests {
  readonly tests: readonly {
    readonly alert_rule_test: readonly { readonly alertname: string; readonly exp_alerts: readonly unknown[] }[];
  }[];
}

describe.for(alertRules)('$alert', ({ alert, annotations, labels }: AlertRule) => {
  test('has a severity, and a section in the runbook', () => {
    expect(['warning', 'critical']).toContain(labels.severity);
    expect(annotations.runbook_url.split('#')[1]).toBe(alert.toLowerCase());
    const runbook = readFileSync(join(root, 'docs/runbook.md'), 'utf8');
    const section = runbook.split(/^## /m).find((text) => text.startsWith(`${alert}\n`));
    expect(section, 'a section in docs/runbook.md').toBeDefined();
    expect(section!.toLowerCase()).toContain(`*${labels.severity}.`);
  });

  test('is tested not firing, firing and resolving', () => {
    const { tests } = readYaml<RuleTests>('test/alerts.test.yml');
    const fires = tests
      .flatMap((one) => one.alert_rule_test)
      .filter(({ alertname }) => alertname === alert)
      .map(({ exp_alerts }) => exp_alerts.length);
    expect(fires).toContain(1);
    expect(fires[0]).toBe(0);
    expect(fires.at(-1)).toBe(0);
  });
});

const startMs = 1_700_000_000_000;

/** The labels of each metric that a collector shows which has been told of a cut and of a clock that is ahead. */
async function liveLabels(): Promise<Map<string, Set<string>>> {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-rules-'));
  await using server = await served({ nowMs: startMs, store: storeIn(folder, startMs) });
  const stories = [
    { seed: 5, cut: [15, 35] as const, agentId: 'agent-1', group: 'cut' },
    { seed: 6, aheadMs: 5_000, agentId: 'agent-2', group: 'ahead' },
  ];
  for (const report of stories.flatMap((story) => reportsOf({ startMs, seconds: 60, ...story }))) {
    server.setNow(report.toMs);
    await server.post(report);
  }
  await server.post(producerReport(startMs + 58_000));
  await server.tickAt(startMs + 60_000);
  const labels = new Map<string, Set<string>>();
  for (const line of (await (await server.get('/metrics')).text()).split('\n')) {
    const [, name, of = ''] = /^([a-z_]+)(?:\{(.*)\})? /.exec(line) ?? [];
    // What Prometheus adds to everything that it scrapes.
    if (name === undefined) continue;
    const known = labels.get(name) ?? new Set(['instance', 'job']);
    for (const [, label] of of.matchAll(/([a-z_]+)="/g)) known.add(label!);
    labels.set(name, known);
  }
  rmSync(folder, { recursive: true });
  return labels;
}

test('every metric and label that rules and dashboard use is there on a live /metrics', async () => {
  const labels = await liveLabels();
  const faults: string[] = [];
  const check = (where: string, expr: string): readonly string[] => {
    const { metrics, groupedBy, isBroken } = askedBy(expr);
    if (isBroken) faults.push(`${where}: ${expr} cannot be parsed`);
    const there = new Set(metrics.flatMap(({ name }) => [...(labels.get(name) ?? [])]));
    for (const { name, matchers } of metrics) {
      if (!labels.has(name)) faults.push(`${where}: there is no metric ${name}`);
      for (const label of matchers) {
        if (!labels.get(name)?.has(label)) faults.push(`${where}: ${name} has no label ${label}`);
      }
    }
    for (const label of groupedBy) if (!there.has(label)) faults.push(`${where}: nothing has a label ${label}`);
    return groupedBy;
  };
  for (const { record, expr } of recordingRules) {
    const kept = check(record, expr);
    labels.set(record, new Set(kept));
  }
  for (const { alert, expr } of alertRules) check(alert, expr);
  for (const { title, targets } of dashboard.panels) {
    for (const { expr, legendFormat } of targets) {
      // What Grafana puts in for its variable.
      check(title, expr.replaceAll('$group', '.*'));
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      const known = new Set(askedBy(expr).metrics.flatMap(({ name }) => [...(labels.get(name) ?? [])]));
      for (const label of shown) if (!known.has(label)) faults.push(`${title}: its legend names ${label}`);
    }
  }
  for (const { definition } of dashboard.templating.list) {
    const [, name, label] = /^label_values\((\w+), (\w+)\)$/.exec(definition ?? '') ?? [];
    if (definition !== undefined && !labels.get(name!)?.has(label!)) faults.push(`${definition}: there is none`);
  }
  expect(faults).toEqual([]);
});

test.for([
  {
    why: 'a metric that is not there',
    expr: 'sum(tidemark_no_such_thing)',
    name: 'tidemark_no_such_thing',
    matchers: [],
  },
  {
    why: 'a matcher',
    expr: 'rate(a_total{verdict=~"x|y", group!=""}[5m] offset 1m)',
    name: 'a_total',
    matchers: ['verdict', 'group'],
  },
])('the parser finds $why', ({ expr, name, matchers }) => {
  expect(askedBy(expr)).toEqual({ metrics: [{ name, matchers }], groupedBy: [], isBroken: false });
});
