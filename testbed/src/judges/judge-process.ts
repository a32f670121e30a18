import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findJava } from '../broker/java.ts';
import { PlainFailure } from '../plain-failure.ts';
import { bequeath } from '../process/last-will.ts';

const maxKeptErrorLines = 40;

/** A real engine in a process of its own: a question per line in, an answer per line out. */
export class JudgeProcess {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #errors: string[] = [];
  readonly #answers: AsyncIterator<string>;

  private constructor(child: ChildProcess, folder: string) {
    this.#child = child;
    this.#folder = folder;
    this.#answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stdin!.on('error', () => {});
    createInterface({ input: child.stderr! }).on('line', (line) => {
      this.#errors.push(line);
      if (this.#errors.length > maxKeptErrorLines) this.#errors.shift();
    });
  }

  static async start(classPath: string): Promise<JudgeProcess> {
    const java = await findJava();
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-judge-'));
    bequeath({ remove: folder });
    const options = ['-Xmx1g', '-XX:+UseSerialGC', `-Djava.io.tmpdir=${folder}`, ...loud, ...open];
    const child = spawn(java, [...options, '-cp', classPath, 'tidemark.judge.Judge'], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    if (child.pid !== undefined) bequeath({ kill: child.pid });
    return new JudgeProcess(child, folder);
  }

  async ask(question: object): Promise<Record<string, unknown>> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new PlainFailure(`The judge ended without an answer: ${this.#errors.join('\n').slice(-2_000)}`);
    const answer = JSON.parse(value) as Record<string, unknown>;
    if (answer.fault !== undefined) {
      throw new PlainFailure(`The judge failed: ${answer.fault}\n${this.#errors.join('\n').slice(-2_000)}`);
    }
    return answer;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('close', resolve));
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGKILL');
      await ended;
    }
    if (this.#child.pid !== undefined) bequeath({ spare: this.#child.pid });
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
    bequeath({ keep: this.#folder });
  }
}

const loud = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error'] as const;
/** Flink's serializers look into java.base. */
const open = ['java.lang', 'java.util', 'java.time'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
