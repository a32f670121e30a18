import zlib from 'node:zlib';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';

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
  codecs[types.Snappy] = reading(unpackSnappy);
  codecs[types.LZ4] = reading(unpackLz4);
  if (typeof zlib.zstdDecompressSync === 'function')
    codecs[types.ZSTD] = reading((packed) => zlib.zstdDecompressSync(packed));
}

function reading(unpack: (packed: Buffer) => Buffer) {
  return () => ({
    compress: () => Promise.reject(new Error('nothing is produced here')),
    decompress: async (packed: Buffer) => unpack(packed),
  });
}
