import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parser } from '@prometheus-io/lezer-promql';
import { parse } from 'yaml';
import { root } from '../demo/run-flags.ts';

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string; readonly runbook_url: string };
}

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export function ruleFile(name: string): string {
  return join(root, 'rules', name);
}

export function readYaml<T>(name: string): T {
  return parse(readFileSync(ruleFile(name), 'utf8')) as T;
}

function rulesOf<R>(name: string): readonly R[] {
  return readYaml<{ readonly groups: readonly { readonly rules: readonly R[] }[] }>(name).groups.flatMap(
    ({ rules }) => rules,
  );
}

export const alertRules: readonly AlertRule[] = rulesOf('alerts.yml');
export const recordingRules: readonly RecordingRule[] = rulesOf('recording.yml');

export interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly legendFormat: string }[];
}

export interface Dashboard {
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly { readonly definition?: string }[] };
}

export const dashboard: Dashboard = JSON.parse(readFileSync(ruleFile('dashboard.json'), 'utf8')) as Dashboard;

/** What an expression asks for. */
export interface Asked {
  readonly metrics: readonly { readonly name: string; readonly matchers: readonly string[] }[];
  /** Labels by which it groups or joins. */
  readonly groupedBy: readonly string[];
  readonly isBroken: boolean;
}

/** By Prometheus' own grammar. */
export function askedBy(expr: string): Asked {
  const metrics: { name: string; matchers: string[] }[] = [];
  const groupedBy: string[] = [];
  let isBroken = false;
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      const text = expr.slice(from, to);
      if (type.isError) isBroken = true;
      else if (type.name === 'VectorSelector') metrics.push({ name: '', matchers: [] });
      else if (type.name === 'Identifier') metrics.at(-1)!.name = text;
      else if (type.name === 'LabelName') {
        if (node.parent?.name === 'GroupingLabels') groupedBy.push(text);
        else metrics.at(-1)!.matchers.push(text);
      }
    },
  });
  return { metrics, groupedBy, isBroken };
}
