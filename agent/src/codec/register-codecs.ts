import zlib from 'node:zlib';
import { unpack } from './unpack.ts';

/** The two tables of a kafkajs module that say how records are packed. */
interface Kafkajs {
  readonly CompressionTypes: { readonly Snappy: number; readonly LZ4: number; readonly ZSTD: number };
  readonly CompressionCodecs: { [type: number]: () => unknown };
}

/**
 * kafkajs brings gzip only; a sidecar cannot choose what others write, so it needs the rest. Zstandard is in Node since 22.15.
 * Only unpacking: nothing is ever produced here.
 */
export function registerCodecs(kafkajs: Kafkajs): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.Snappy] = reading(unpack.snappy);
  codecs[types.LZ4] = reading(unpack.lz4);
  if (typeof zlib.zstdDecompressSync === 'function') codecs[types.ZSTD] = reading(unpack.zstd);
}

function reading(unpackBatch: (packed: Buffer) => Buffer) {
  return () => ({
    compress: () => Promise.reject(new Error('nothing is produced here')),
    decompress: async (packed: Buffer) => unpackBatch(packed),
  });
}
