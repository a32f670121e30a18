import zlib from 'node:zlib';
import { maxUnpackedBytes, Unpacked } from './bytes.ts';
import { unpackLz4 } from './lz4.ts';
import { unpackSnappy } from './snappy.ts';

export type Codec = 'gzip' | 'snappy' | 'lz4' | 'zstd';

/** By the number that a record batch carries; 0 is not packed. */
const codecs: readonly (Codec | undefined)[] = [undefined, 'gzip', 'snappy', 'lz4', 'zstd'];

export const codecOf = (type: number): Codec | undefined => codecs[type];

/** Node unpacks Zstandard since 22.15. */
export const hasZstd: boolean = typeof zlib.zstdDecompressSync === 'function';

/** Unpacks the records of a batch. With `scratch` the answer may lie in it: then it holds until that is used again. */
export function unpack(codec: Codec, packed: Buffer, scratch?: Unpacked): Buffer {
  switch (codec) {
    case 'gzip':
      return zlib.gunzipSync(packed, { maxOutputLength: maxUnpackedBytes });
    case 'zstd':
      if (!hasZstd) throw new Error('Zstandard needs Node 22.15 or later');
      return zlib.zstdDecompressSync(packed, { maxOutputLength: maxUnpackedBytes });
    case 'snappy':
    case 'lz4': {
      const into = scratch ?? new Unpacked(4 * packed.length);
      into.length = 0;
      (codec === 'lz4' ? unpackLz4 : unpackSnappy)(packed, into);
      return into.taken();
    }
  }
}
