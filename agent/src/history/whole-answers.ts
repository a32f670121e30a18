/**
 * kafkajs collects the pieces of an answer as the network hands them over and joins them when they are complete: each byte is
 * copied into memory that is fresh, and so is zeroed by the kernel, page by page. For answers of a megabyte that costs more than
 * reading the records. Here the pieces are put together in buffers that are used again, and kafkajs gets each answer whole: then
 * it joins nothing.
 */
export interface Connection {
  readonly authHandlers: unknown;
  readonly socket?: { destroy(error: Error): void };
  processData(bytes: Buffer): void;
}

/** Smaller answers are not worth a buffer of ours. */
const leastPooledBytes = 64 * 1024;
/** Far more than we ask for; a broker's answer is larger only if a single batch is. */
const maxAnswerBytes = 512 * 1024 * 1024;
const sizeBytes = 4;

/** Buffers for answers: as many as are in use at once, and no more. */
export class AnswerBuffers {
  readonly #free: Buffer[] = [];
  readonly #lent = new Map<ArrayBufferLike, Buffer>();
  readonly #maxFree: number;

  constructor(maxFree: number) {
    this.#maxFree = maxFree;
  }

  take(length: number): Buffer {
    if (length < leastPooledBytes) return Buffer.allocUnsafe(length);
    const fitting = this.#free.findIndex((buffer) => buffer.length >= length);
    // A quarter more, so that the next answer, which is about as long, fits too.
    const buffer = fitting < 0 ? Buffer.allocUnsafeSlow(Math.ceil(length * 1.25)) : this.#free.splice(fitting, 1)[0]!;
    this.#lent.set(buffer.buffer, buffer);
    return buffer.subarray(0, length);
  }

  /** `bytes`: any part of what was taken. What was not lent is not ours. */
  giveBack(bytes: Buffer): void {
    const buffer = this.#lent.get(bytes.buffer);
    if (buffer === undefined) return;
    this.#lent.delete(bytes.buffer);
    if (this.#free.length >= this.#maxFree) this.#free.shift();
    this.#free.push(buffer);
  }
}

/** From now on `connection` hands whole answers to kafkajs, in `buffers`. */
export function readWhole(connection: Connection, buffers: AnswerBuffers): void {
  const processData = connection.processData;
  const size = Buffer.alloc(sizeBytes);
  let sizeRead = 0;
  let answer: Buffer | undefined;
  let answerRead = 0;
  connection.processData = (bytes) => {
    // While it proves who it is, the other side may answer without a size.
    if (connection.authHandlers) return processData.call(connection, bytes);
    for (let at = 0; at < bytes.length; ) {
      if (answer === undefined) {
        const taken = bytes.copy(size, sizeRead, at);
        sizeRead += taken;
        at += taken;
        if (sizeRead < sizeBytes) return;
        const length = size.readInt32BE(0);
        if (length < sizeBytes || length > maxAnswerBytes) {
          connection.socket?.destroy(new Error(`an answer of ${length} bytes`));
          return;
        }
        answer = buffers.take(sizeBytes + length);
        answerRead = size.copy(answer);
        sizeRead = 0;
      }
      const taken = bytes.copy(answer, answerRead, at);
      answerRead += taken;
      at += taken;
      if (answerRead < answer.length) return;
      const whole = answer;
      answer = undefined;
      processData.call(connection, whole);
    }
  };
}
