import { type Codec, hasZstd, unpack } from './unpack.ts';

/** The two tables of a kafkajs module that say how records are packed. */
interface Kafkajs {
  readonly CompressionTypes: { readonly Snappy: number; readonly LZ4: number; readonly ZSTD: number };
  readonly CompressionCodecs: { [type: number]: () => unknown };
}

/**
 * kafkajs brings gzip only; a sidecar cannot choose what others write, so it needs the rest. Only unpacking: nothing is ever
 * produced here.
 */
export function registerCodecs(kafkajs: Kafkajs): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  codecs[types.Snappy] = reading('snappy');
  codecs[types.LZ4] = reading('lz4');
  if (hasZstd) codecs[types.ZSTD] = reading('zstd');
}

function reading(codec: Codec) {
  return () => ({
    compress: () => Promise.reject(new Error('nothing is produced here')),
    decompress: async (packed: Buffer) => unpack(codec, packed),
  });
}
