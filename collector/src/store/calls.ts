import { once } from 'node:events';
import { type MessagePort, type Transferable, Worker } from 'node:worker_threads';

/** What a thread does when it is asked to. One at a time, in order. */
export type Handlers = { readonly [name: string]: (argument: never) => unknown };

interface Call {
  readonly number: number;
  readonly name: string;
  readonly argument: unknown;
}

type Answer =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | { readonly number: number; readonly ok: false; readonly message: string };

/** The thread's side. */
export function answerCalls(port: MessagePort, handlers: Handlers): void {
  port.on('message', ({ number, name, argument }: Call) => {
    let answer: Answer;
    try {
      answer = { number, ok: true, value: handlers[name]!(argument as never) };
    } catch (error) {
      answer = { number, ok: false, message: (error as Error).message };
    }
    port.postMessage(answer);
  });
}

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * The asking side. The thread is started with the first call, and again with the next one after it came to an end that nobody
 * asked for: then what it was asked is answered with an error.
 */
export class Thread<H extends Handlers> {
  readonly #script: URL;
  readonly #data: unknown;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #calls = 0;

  constructor(script: URL, data: unknown) {
    this.#script = script;
    this.#data = data;
  }

  call<N extends keyof H & string>(
    name: N,
    argument: Parameters<H[N]>[0],
    transfer: readonly Transferable[] = [],
  ): Promise<ReturnType<H[N]>> {
    const worker = (this.#worker ??= this.#start());
    const number = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject });
      worker.postMessage({ number, name, argument } satisfies Call, transfer);
    });
  }

  /** When what it was asked before is done. */
  async end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    if (worker === undefined) return;
    const ended = once(worker, 'exit');
    worker.postMessage({ number: 0, name: 'end', argument: undefined } satisfies Call);
    await ended;
  }

  #start(): Worker {
    const worker = startThread(this.#script, this.#data);
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.number);
      this.#waiting.delete(answer.number);
      if (answer.ok) waiting?.resolve(answer.value as never);
      else waiting?.reject(new Error(answer.message));
    });
    const ended = (reason: string) => {
      if (this.#worker === worker) this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(new Error(reason));
      this.#waiting.clear();
    };
    worker.on('error', (error) => ended(`the store's thread failed: ${error.message}`));
    worker.on('exit', () => ended("the store's thread ended"));
    return worker;
  }
}

/** Node 22 calls SQLite experimental, in each thread anew; the collector has said it once. */
export function startThread(script: URL, workerData: unknown): Worker {
  const execArgv = [...process.execArgv, '--disable-warning=ExperimentalWarning'];
  return new Worker(script, { workerData, execArgv });
}

/** A thread's script stands beside the module that starts it, in the sources as in what is built of them. */
export function scriptBeside(moduleUrl: string, name: string): URL {
  return new URL(`${name}${moduleUrl.endsWith('.ts') ? '.ts' : '.js'}`, moduleUrl);
}
