import { describe, expect, test } from 'vitest';
import { dark, dashes, light, type Palette } from './palette.ts';

/** WCAG 2.2's contrast of two colours written `#rrggbb`. */
function contrast(a: string, b: string): number {
  const luminance = (color: string): number => {
    const [r, g, blue] = [1, 3, 5]
      .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
    return 0.2126 * r + 0.7152 * g + 0.0722 * blue;
  };
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

describe.for<[string, Palette]>([
  ['light', light],
  ['dark', dark],
])('%s', ([, palette]) => {
  test('words can be read: 4.5 to 1', () => {
    const names = [palette.streamTime, palette.trueTime, palette.watermark, ...palette.sources];
    for (const color of [
      palette.ink,
      palette.faint,
      ...names,
      ...Object.values(palette.spans).map((span) => span.text),
    ]) {
      expect(contrast(color, palette.ground), color).toBeGreaterThanOrEqual(4.5);
    }
  });

  test('bars can be seen: 3 to 1', () => {
    for (const color of Object.values(palette.verdicts))
      expect(contrast(color, palette.ground), color).toBeGreaterThanOrEqual(3);
  });

  test('no two sources share colour and dash', () => {
    expect(new Set(palette.sources.map((color, index) => `${color} ${dashes[index]}`)).size).toBe(
      palette.sources.length,
    );
  });
});
