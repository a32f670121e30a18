import zlib from 'node:zlib';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';

export type Codec = 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** By the number that a record batch carries; 0 is not packed. */
const codecs: readonly (Codec | undefined)[] = [undefined, 'gzip', 'snappy', 'lz4', 'zstd'];

export const codecOf = (type: number): Codec | undefined => codecs[type];

/** One record batch unpacks to no more: far above what a broker takes by default (1 MB packed). */
const maxOutputLength = 256 * 1024 * 1024;

export const unpack: { readonly [C in Codec]: (packed: Buffer) => Buffer } = {
  gzip: (packed) => zlib.gunzipSync(packed, { maxOutputLength }),
  snappy: unpackSnappy,
  lz4: unpackLz4,
  // In Node since 22.15.
  zstd: (packed) => {
    if (typeof zlib.zstdDecompressSync !== 'function') throw new Error('Zstandard needs Node 22.15 or later');
    return zlib.zstdDecompressSync(packed, { maxOutputLength });
  },
};
