import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findJava } from '../broker/java.ts';
import { bequeath } from './last-will.ts';

/** A JVM that is asked on its standard input and answers on its standard output. It never outlives us, nor do its files. */
export interface TalkingJvm {
  readonly child: ChildProcess;
  stop(): Promise<void>;
}

export async function startTalkingJvm(name: string, args: readonly string[]): Promise<TalkingJvm> {
  const java = await findJava();
  const folder = await mkdtemp(join(tmpdir(), `tidemark-${name}-`));
  bequeath({ remove: folder });
  const child = spawn(java, ['-XX:+UseSerialGC', `-Djava.io.tmpdir=${folder}`, quiet, ...args], { detached: true });
  if (child.pid !== undefined) bequeath({ kill: child.pid });
  child.stdin.on('error', () => {});
  return {
    child,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode === null) {
        child.kill('SIGKILL');
        await ended;
      }
      if (child.pid !== undefined) bequeath({ spare: child.pid });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
      bequeath({ keep: folder });
    },
  };
}

const quiet = '-Dorg.slf4j.simpleLogger.defaultLogLevel=error';
