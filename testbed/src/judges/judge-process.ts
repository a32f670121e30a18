import { createInterface } from 'node:readline';
import { PlainFailure } from '../plain-failure.ts';
import { startTalkingJvm, type TalkingJvm } from '../process/talking-jvm.ts';

const maxKeptErrorLines = 40;

/** A real engine in a process of its own: a question per line in, an answer per line out. */
export class JudgeProcess {
  readonly #jvm: TalkingJvm;
  readonly #errors: string[] = [];
  readonly #answers: AsyncIterator<string>;

  private constructor(jvm: TalkingJvm) {
    const { child } = jvm;
    this.#jvm = jvm;
    this.#answers = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    createInterface({ input: child.stderr! }).on('line', (line) => {
      this.#errors.push(line);
      if (this.#errors.length > maxKeptErrorLines) this.#errors.shift();
    });
  }

  static async start(classPath: string): Promise<JudgeProcess> {
    return new JudgeProcess(
      await startTalkingJvm('judge', ['-Xmx1g', ...open, '-cp', classPath, 'tidemark.judge.Judge']),
    );
  }

  async ask(question: object): Promise<Record<string, unknown>> {
    this.#jvm.child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#answers.next();
    if (done) throw new PlainFailure(`The judge ended without an answer: ${this.#errors.join('\n').slice(-2_000)}`);
    const answer = JSON.parse(value) as Record<string, unknown>;
    if (answer.fault !== undefined) {
      throw new PlainFailure(`The judge failed: ${answer.fault}\n${this.#errors.join('\n').slice(-2_000)}`);
    }
    return answer;
  }

  stop(): Promise<void> {
    return this.#jvm.stop();
  }
}

/** Flink's serializers look into java.base. */
const open = ['java.lang', 'java.util', 'java.time'].map((name) => `--add-opens=java.base/${name}=ALL-UNNAMED`);
