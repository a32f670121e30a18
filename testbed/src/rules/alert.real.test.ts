import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { stringify } from 'yaml';
import { root } from '../demo/run-flags.ts';
import { type Child, startChild } from '../process/child.ts';
import { freePorts } from '../process/free-port.ts';
import { missingPrometheusTools } from './prometheus-tools.ts';
import { readYaml, ruleFile } from './rule-files.ts';

// The demo on a real broker, whose producer is really cut off; a real Prometheus that scrapes its collector with our rules, as
// they are; a real Alertmanager with our example. Only intervals are shorter, and the receivers are here.

const { brokers, missing: noBroker } = inject('broker');
const missing = noBroker ?? missingPrometheusTools();
if (missing !== undefined && process.env.CI === 'true') throw new Error(missing);

interface Notice {
  readonly receiver: string;
  readonly status: 'firing' | 'resolved';
  readonly alerts: readonly {
    readonly status: string;
    readonly labels: { readonly [name: string]: string };
    readonly annotations: { readonly [name: string]: string };
  }[];
}

describe.skipIf(missing !== undefined)(`the alert of a cut${missing ? ` (${missing})` : ''}`, () => {
  const notices: Notice[] = [];
  const running: Child[] = [];
  const receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    notices.push(JSON.parse(Buffer.concat(chunks).toString('utf8')) as Notice);
    response.end();
  });
  let folder: string;
  let prometheusUrl: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-alert-'));
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const { port: hook } = receiver.address() as AddressInfo;
    const [collector, prometheus, alertmanager] = await freePorts(3);
    prometheusUrl = `http://127.0.0.1:${prometheus}`;
    await writeFile(
      join(folder, 'prometheus.yml'),
      prometheusConfig({ collector: collector!, alertmanager: alertmanager! }),
    );
    await writeFile(join(folder, 'alertmanager.yml'), alertmanagerConfig(hook));
    const start = (command: string, args: readonly string[], env = {}) => {
      running.push(startChild({ command, args, folder, env }));
    };
    start('prometheus-alertmanager', [
      `--config.file=${folder}/alertmanager.yml`,
      `--storage.path=${folder}/alertmanager`,
      `--web.listen-address=127.0.0.1:${alertmanager}`,
      '--cluster.listen-address=',
    ]);
    start('prometheus', [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/prometheus`,
      `--web.listen-address=127.0.0.1:${prometheus}`,
    ]);
    running.push(
      startChild({
        command: 'npm',
        args: ['run', '-s', 'demo', '--', '--variant', 'cut', '--seed', '21'],
        folder: root,
        env: { KAFKA_BROKERS: brokers.join(','), TIDEMARK_LISTEN: `127.0.0.1:${collector}` },
      }),
    );
  });

  afterAll(async () => {
    for (const child of running.toReversed()) await child.stop();
    receiver.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  });

  const told = (alertname: string, status: string) =>
    notices
      .flatMap(({ alerts, receiver }) => alerts.map((alert) => ({ ...alert, receiver })))
      .find((alert) => alert.labels.alertname === alertname && alert.status === status);

  test('fires, reaches who is on call, says what happened, and resolves', { timeout: 400_000 }, async () => {
    for (const { ending } of running) expect(ending?.lastWords).toBeUndefined();
    await expect.poll(() => told('TidemarkProducerCutOff', 'firing'), { timeout: 180_000 }).toBeDefined();
    const { labels, annotations, receiver } = told('TidemarkProducerCutOff', 'firing')!;
    expect(receiver).toBe('on-call');
    expect(labels).toMatchObject({ severity: 'critical', kind: 'producerCutOff' });
    expect(annotations.summary).toBe(`A producer that ${labels.group} reads was cut off from the broker`);
    await expect.poll(() => told('TidemarkFalseLateness', 'firing')).toBeDefined();
    expect(told('TidemarkFalseLateness', 'firing')!.labels).toMatchObject({
      verdict: 'producerCutOff',
      group: labels.group,
    });
    await expect.poll(() => told('TidemarkProducerCutOff', 'resolved'), { timeout: 120_000 }).toBeDefined();
    for (const quiet of [
      'TidemarkCollectorNotReady',
      'TidemarkStoreNotWritable',
      'TidemarkClockWrong',
      'TidemarkClockContradiction',
    ]) {
      expect(told(quiet, 'firing'), quiet).toBeUndefined();
    }
    const { data } = (await (await fetch(`${prometheusUrl}/api/v1/rules`)).json()) as {
      readonly data: {
        readonly groups: readonly { readonly rules: readonly { readonly name: string; readonly health: string }[] }[];
      };
    };
    const rules = data.groups.flatMap((group) => group.rules);
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
  });
});

function prometheusConfig(ports: { readonly collector: number; readonly alertmanager: number }): string {
  return stringify({
    ...readYaml<object>('prometheus.yml'),
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [ruleFile('recording.yml'), ruleFile('alerts.yml')],
    scrape_configs: [{ job_name: 'tidemark', static_configs: [{ targets: [`127.0.0.1:${ports.collector}`] }] }],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ports.alertmanager}`] }] }] },
  });
}

interface Alertmanager {
  readonly route: object;
  readonly receivers: readonly { readonly name: string }[];
}

function alertmanagerConfig(hook: number): string {
  const example = readYaml<Alertmanager>('alertmanager.yml');
  return stringify({
    ...example,
    route: { ...example.route, group_wait: '1s', group_interval: '1s' },
    receivers: example.receivers.map(({ name }) => ({
      name,
      webhook_configs: [{ url: `http://127.0.0.1:${hook}/${name}`, send_resolved: true }],
    })),
  });
}
