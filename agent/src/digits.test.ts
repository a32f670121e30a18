import { expect, test } from 'vitest';
import { parseDigitBytes, parseDigits } from './digits.ts';

test('digits are read as Number reads them, as text and as bytes', () => {
  const texts = ['0', '7', '0042', '1763900000000', '999999999999999', '100000000000000'];
  for (const text of texts) {
    expect(parseDigits(text), text).toBe(Number(text));
    expect(parseDigitBytes(Buffer.from(text)), text).toBe(Number(text));
  }
});

test.for([
  { why: 'nothing', text: '' },
  { why: 'Kafka’s sign for "no timestamp"', text: '-1' },
  { why: 'a blank', text: ' 1' },
  { why: 'a fraction', text: '1.5' },
  { why: 'hexadecimal', text: '0x10' },
  { why: 'more digits than a number holds exactly', text: '9007199254740993' },
  { why: 'digits of another script', text: '١٢' },
])('$why is not a number', ({ text }) => {
  expect(parseDigits(text)).toBeNaN();
  expect(parseDigitBytes(Buffer.from(text))).toBeNaN();
});
