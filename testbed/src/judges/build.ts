import { createHash } from 'node:crypto';
import { access, cp, mkdir, mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../broker/jars.ts';
import { findMaven } from '../broker/java.ts';
import { PlainFailure } from '../plain-failure.ts';
import { startChild } from '../process/child.ts';
import { bequeath } from '../process/last-will.ts';

export interface BuildOptions {
  /** A folder of `testbed/judges`. */
  readonly project: string;
  /** Maven properties, such as `kafka.version`. */
  readonly properties: Readonly<Record<string, string>>;
  readonly onProgress: (line: string) => void;
}

const projects = fileURLToPath(new URL('../../judges', import.meta.url));

/**
 * The class path of a judge, built by Maven the first time. Its folder in the cache is named after its sources and
 * versions and gets that name only when it is complete, as the broker's jars do.
 */
export async function buildJudge({ project, properties, onProgress }: BuildOptions): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, `judge-${project}-${await fingerprint(project, properties)}`);
  if (await exists(folder)) return classPath(join(folder, project));

  const maven = await findMaven();
  await mkdir(cache, { recursive: true });
  const partial = await mkdtemp(join(cache, `.judge-${project}-`));
  bequeath({ remove: partial });
  try {
    const versions = Object.entries(properties).map(([name, value]) => `${name} ${value}`);
    onProgress(`Building the judge of ${project} (${versions.join(', ')}) with Maven, once …`);
    for (const part of [join(project, 'pom.xml'), join(project, 'src'), 'shared']) {
      await cp(join(projects, part), join(partial, part), { recursive: true });
    }
    await build(maven, project, join(partial, project), properties);
    await rename(partial, folder).catch(async (error: Error) => {
      if (!(await exists(folder))) throw error;
    });
    return classPath(join(folder, project));
  } finally {
    await rm(partial, { recursive: true, force: true });
    bequeath({ keep: partial });
  }
}

async function build(
  maven: string,
  project: string,
  folder: string,
  properties: BuildOptions['properties'],
): Promise<void> {
  const output: string[] = [];
  const keep = (line: string): void => void output.push(line);
  const defines = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  const goals = ['compile', 'dependency:copy-dependencies', '-DoutputDirectory=target/jars'];
  const { code } = await startChild({
    command: maven,
    args: ['-B', '-q', ...defines, ...goals],
    folder,
    onLine: keep,
    onErrorLine: keep,
  }).ended;
  if (code === 0) return;
  const reason = output.find((line) => line.startsWith('[ERROR]')) ?? output.at(-1) ?? 'no output';
  throw new PlainFailure(
    `Judge of ${project}: Maven could not build it: ${reason.replace('[ERROR] ', '').slice(0, 400)} ` +
      'Check the network, the version, and that a JDK (not only a JRE) of 17 or newer is installed.',
  );
}

function classPath(folder: string): string {
  return `${join(folder, 'target', 'classes')}:${join(folder, 'target', 'jars', '*')}`;
}

async function fingerprint(project: string, properties: BuildOptions['properties']): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(properties).sort()));
  const folders = [join(projects, project, 'src'), join(projects, 'shared')];
  const found = folders.map((folder) => readdir(folder, { recursive: true, withFileTypes: true }));
  const files = (await Promise.all(found)).flat().filter((file) => file.isFile());
  const paths = files.map((file) => join(file.parentPath, file.name)).sort();
  for (const path of [join(projects, project, 'pom.xml'), ...paths]) hash.update(await readFile(path));
  return hash.digest('hex').slice(0, 12);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
