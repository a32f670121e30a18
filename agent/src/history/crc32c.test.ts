import { expect, test } from 'vitest';
import { prng } from '../../../testbed/src/story/prng.ts';
import { crc32c, crc32cByTables } from './crc32c.ts';

test.for([
  { why: 'the check value of the catalogue of CRCs', bytes: Buffer.from('123456789'), want: 0xe3069283 },
  { why: 'RFC 3720: 32 bytes of zero', bytes: Buffer.alloc(32), want: 0x8a9136aa },
  { why: 'RFC 3720: 32 bytes of ones', bytes: Buffer.alloc(32, 0xff), want: 0x62a8ab43 },
  { why: 'nothing', bytes: Buffer.alloc(0), want: 0 },
])('$why', ({ bytes, want }) => {
  expect(crc32cByTables(bytes, 0, bytes.length)).toBe(want);
  expect(crc32c(bytes, 0, bytes.length)).toBe(want);
});

test('both ways agree, wherever the bytes begin and end', () => {
  const random = prng(1);
  const bytes = Buffer.from(Array.from({ length: 300 }, () => Math.floor(random() * 256)));
  for (let from = 0; from < 20; from++) {
    for (let to = from; to <= bytes.length; to++) expect(crc32cByTables(bytes, from, to)).toBe(crc32c(bytes, from, to));
  }
});
