import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startKafka } from '../broker/kafka.ts';
import { root } from '../demo/run-flags.ts';
import { installPackages } from '../packages/installed.ts';
import { type Child, startChild } from '../process/child.ts';
import { freePorts } from '../process/free-port.ts';
import { composeFile, readImage, type Service } from './compose-file.ts';

/**
 * Runs the services of `docker-compose.yml` without Docker: the same commands and the same environment, from the packages that
 * the image installs. What a network of containers gives, names and ports, is put in for them: `kafka:9092` becomes a port of
 * this machine.
 */
export interface OnHost {
  /** Where a service listens for the outside, such as `http://127.0.0.1:40123`. */
  url(port: number): string;
  start(name: string): Promise<Running>;
  /** Runs a service's health check once; its exit code. */
  check(name: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

export interface Running {
  readonly child: Child;
  readonly lines: readonly string[];
  readonly errorLines: readonly string[];
}

export async function composeOnHost(): Promise<OnHost> {
  const image = readImage();
  const project = await installPackages(['kafkajs@2.2.4']);
  await cp(join(root, 'examples'), join(project.folder, 'examples'), { recursive: true });
  const inside = [8080, 9090];
  const free = await freePorts(inside.length);
  const ports = new Map(inside.map((port, i) => [port, free[i]!]));

  const kafka = await startKafka(() => {}, {
    properties: ({ brokerPort, controllerPort }) => {
      ports.set(9092, brokerPort).set(9093, controllerPort);
      return kafkaProperties(composeFile.services.kafka!.environment!)
        .map((line) => `${here(line)}\n`)
        .join('');
    },
  });

  /** Every address of a container is one of this machine here. */
  function here(text: string): string {
    return text.replace(/\b([a-z][a-z-]*|0\.0\.0\.0|127\.0\.0\.1):(\d+)\b/g, (whole, _name, port: string) =>
      ports.has(Number(port)) ? `127.0.0.1:${ports.get(Number(port))}` : whole,
    );
  }

  /** Folders of a container by their path in it, and where they are here. */
  const folders = new Map<string, string>();
  async function mount({ volumes = [] }: Service): Promise<void> {
    for (const [source, target] of volumes.map((volume) => volume.split(':') as [string, string])) {
      const folder = join(project.folder, 'volumes', target);
      folders.set(target, folder);
      await mkdir(folder, { recursive: true });
      if (!source.startsWith('.')) continue;
      for (const file of await readdir(join(root, source), { withFileTypes: true })) {
        if (file.isFile())
          await writeFile(join(folder, file.name), here(await readFile(join(root, source, file.name), 'utf8')));
      }
    }
  }

  function inFolders(text: string): string {
    const [target, folder] =
      [...folders].find(([path]) => text === path || text.includes(`${path}/`) || text.endsWith(`=${path}`)) ?? [];
    return target === undefined ? text : text.replace(target, folder!);
  }

  function run(service: Service, line: readonly string[]): Running {
    const [command, ...args] = line.map(here).map(inFolders) as [string, ...string[]];
    const lines: string[] = [];
    const errorLines: string[] = [];
    const environment = { ...image.environment, ...service.environment };
    const child = startChild({
      command: command === 'node' ? process.execPath : command,
      args,
      folder: project.folder,
      env: Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, inFolders(here(value))])),
      onLine: (text) => lines.push(text),
      onErrorLine: (text) => errorLines.push(text),
    });
    running.push(child);
    return { child, lines, errorLines };
  }

  const running: Child[] = [];
  return {
    url: (port) => `http://127.0.0.1:${ports.get(port)}`,
    start: async (name) => {
      const service = composeFile.services[name]!;
      await mount(service);
      const entrypoint =
        service.entrypoint ?? (service.image === 'tidemark' ? image.entrypoint : othersEntrypoint(service));
      return run(service, [...entrypoint, ...(service.command ?? image.command)]);
    },
    check: async (name) => {
      const service = composeFile.services[name]!;
      const [kind, ...line] = service.healthcheck!.test;
      if (kind !== 'CMD') throw new Error(`${name}: a health check is run without a shell, by CMD`);
      return (await run(service, line).child.ended).code;
    },
    stop: async () => {
      for (const child of running.reverse()) await child.stop();
      await kafka.stop();
      await rm(project.folder, { recursive: true, force: true });
    },
  };
}

/** What others' images start, as their documentation says. */
function othersEntrypoint({ image }: Service): readonly string[] {
  if (image.startsWith('prom/prometheus:')) return ['prometheus'];
  throw new Error(`${image}: it is not known what it starts`);
}

/** As Kafka's image does: `KAFKA_NODE_ID` is `node.id`. */
function kafkaProperties(environment: { readonly [name: string]: string }): readonly string[] {
  return Object.entries(environment).map(
    ([name, value]) =>
      `${name
        .replace(/^KAFKA_/, '')
        .toLowerCase()
        .replaceAll('_', '.')}=${value}`,
  );
}
