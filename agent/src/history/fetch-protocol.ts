import { decodeAnswer, type FetchAnswer } from './fetch-answer.ts';

/** What is asked for of one partition. */
export interface Wanted {
  readonly partition: number;
  readonly fetchOffset: number;
  readonly maxBytes: number;
}

export interface FetchRequest {
  readonly topic: string;
  readonly isolation: Isolation;
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly partitions: readonly Wanted[];
}

export type Isolation = 'readCommitted' | 'readUncommitted';

export const fetchApiKey = 1;

export interface FetchDefinition {
  readonly versions: readonly number[];
  readonly protocol: (chosen: { readonly version: number }) => (request: FetchRequest) => FetchProtocol;
}

/** A request as kafkajs's connections send it. */
export interface FetchProtocol {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    /** kafkajs's encoder shows its bytes twice, and both are looked at. */
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    decode(payload: Buffer): Promise<FetchAnswer>;
    parse(answer: FetchAnswer): Promise<FetchAnswer>;
  };
}

/**
 * The Fetch request in the form in which kafkajs keeps its own, so that it picks the version that the broker knows and sends it
 * over its own connection. Ours because kafkajs's answer is decoded to objects, and that is what makes it slow.
 *
 * From version 4 (Kafka 0.11, the first with these record batches) to 11 (the last before a more compact encoding); version 10
 * is the first for which a broker hands out Zstandard.
 */
export const fetchDefinition: FetchDefinition = {
  versions: [4, 5, 6, 7, 8, 9, 10, 11],
  protocol: ({ version }) => {
    if (version < 4) throw new Error('this broker is older than Kafka 0.11, whose record batches are read here');
    return (request) => ({
      request: {
        apiKey: fetchApiKey,
        apiVersion: version,
        apiName: 'Fetch',
        encode: async () => {
          const buffer = encode(request, version);
          return { buf: buffer, buffer };
        },
      },
      response: {
        decode: async (payload) => decodeAnswer(payload, version),
        parse: async (answer) => answer,
      },
    });
  },
};

function encode({ topic, isolation, maxWaitMs, maxBytes, partitions }: FetchRequest, version: number): Buffer {
  const name = Buffer.from(topic);
  const buffer = Buffer.alloc(64 + name.length + partitions.length * 32);
  let at = 0;
  const int32 = (value: number): void => void (at = buffer.writeInt32BE(value, at));
  const int64 = (value: number): void => void (at = buffer.writeBigInt64BE(BigInt(value), at));
  const string = (bytes: Buffer): void => {
    at = buffer.writeInt16BE(bytes.length, at);
    at += bytes.copy(buffer, at);
  };
  // As a consumer, not as a replica.
  int32(-1);
  int32(maxWaitMs);
  int32(1);
  int32(maxBytes);
  at = buffer.writeInt8(isolation === 'readCommitted' ? 1 : 0, at);
  if (version >= 7) {
    // No fetch session: which partitions are asked for changes with each request.
    int32(0);
    int32(-1);
  }
  int32(1);
  string(name);
  int32(partitions.length);
  for (const wanted of partitions) {
    int32(wanted.partition);
    // The leader's epoch is not held against it.
    if (version >= 9) int32(-1);
    int64(wanted.fetchOffset);
    if (version >= 5) int64(-1);
    int32(wanted.maxBytes);
  }
  if (version >= 7) int32(0);
  if (version >= 11) string(Buffer.alloc(0));
  return buffer.subarray(0, at);
}
