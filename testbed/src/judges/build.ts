import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../broker/jars.ts';
import { findJava, findMaven } from '../broker/java.ts';
import { builtOnce } from '../maven/built-once.ts';
import { hashOfFiles } from '../maven/hash-of-files.ts';
import { runMaven } from '../maven/run-maven.ts';
import { PlainFailure } from '../plain-failure.ts';

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
 * versions.
 */
export async function buildJudge({ project, properties, onProgress }: BuildOptions): Promise<string> {
  const parts = [join(project, 'pom.xml'), join(project, 'src'), 'shared'];
  const versions = Object.entries(properties);
  const fingerprint = await hashOfFiles(
    parts.map((part) => join(projects, part)),
    JSON.stringify(versions.toSorted()),
  );
  const folder = join(cacheFolder(), `judge-${project}-${fingerprint}`);
  await builtOnce(folder, async (maven, partial) => {
    const named = versions.map(([name, value]) => `${name} ${value}`);
    onProgress(`Building the judge of ${project} (${named.join(', ')}) with Maven, once …`);
    for (const part of parts) await cp(join(projects, part), join(partial, part), { recursive: true });
    await build(maven, project, join(partial, project), properties);
    return partial;
  });
  return classPath(join(folder, project));
}

async function build(
  maven: string,
  project: string,
  folder: string,
  properties: BuildOptions['properties'],
): Promise<void> {
  const defines = Object.entries(properties).map(([name, value]) => `-D${name}=${value}`);
  const goals = ['compile', 'dependency:copy-dependencies', '-DoutputDirectory=target/jars'];
  const failure = await runMaven(maven, folder, [...defines, ...goals]);
  if (failure === undefined) return;
  throw new PlainFailure(
    `Judge of ${project}: Maven could not build it: ${failure.reason.slice(0, 400)} ` +
      'Check the network, the version, and that a JDK (not only a JRE) of 17 or newer is installed.',
  );
}

/** Why no judge can be built on this machine, in one line; undefined if one can. For tests that are skipped then. */
export async function missingForJudges(): Promise<string | undefined> {
  try {
    await findJava();
    await findMaven();
    return undefined;
  } catch (error) {
    if (error instanceof PlainFailure && process.env.CI !== 'true') return error.message;
    throw error;
  }
}

function classPath(folder: string): string {
  return `${join(folder, 'target', 'classes')}:${join(folder, 'target', 'jars', '*')}`;
}
