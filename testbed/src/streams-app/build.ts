import { cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '../broker/jars.ts';
import { builtOnce } from '../maven/built-once.ts';
import { hashOfFiles } from '../maven/hash-of-files.ts';
import { runMaven } from '../maven/run-maven.ts';
import { PlainFailure } from '../plain-failure.ts';

const project = fileURLToPath(new URL('../../streams-app', import.meta.url));

/**
 * The class path of the Kafka Streams application, built by Maven the first time and whenever its sources have changed: its
 * folder in the cache is named by their hash.
 */
export async function builtStreamsApp(onProgress: (line: string) => void): Promise<string> {
  const cache = cacheFolder();
  const folder = join(cache, `streams-app-${await hashOfFiles([project])}`);
  await builtOnce(folder, async (maven, partial) => {
    onProgress(`Building the Kafka Streams application into ${cache} (94 MB of jars, once) …`);
    // Maven writes beside its project: that must not be the repository.
    await cp(project, partial, { recursive: true });
    await build(maven, partial);
    const done = join(partial, 'done');
    await mkdir(done);
    await rename(join(partial, 'target', 'classes'), join(done, 'classes'));
    await rename(join(partial, 'jars'), join(done, 'jars'));
    return done;
  });
  return [join(folder, 'classes'), join(folder, 'jars', '*')].join(':');
}

async function build(maven: string, folder: string): Promise<void> {
  const jars = `-DoutputDirectory=${join(folder, 'jars')}`;
  const failure = await runMaven(maven, folder, [
    'compile',
    'dependency:copy-dependencies',
    jars,
    '-DincludeScope=runtime',
  ]);
  if (failure === undefined) return;
  throw new PlainFailure(
    `The Kafka Streams application: Maven could not build it: ${failure.reason.slice(0, 300)} ` +
      'Check the network, ~/.m2/settings.xml and that a JDK (not only a JRE) is installed.',
  );
}
