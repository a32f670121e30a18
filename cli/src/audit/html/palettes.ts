import { type Colours, darkColours, lightColours } from '@tidemark/core';
import type { Palettes } from './draw-charts.ts';

interface Own {
  readonly kept: string;
  readonly dropped: string;
  readonly recommended: string;
  readonly curve: string;
}

function paletteOf({ ink, faint, grid, verdicts }: Colours, own: Own): Palettes['light'] {
  return { ink, faint, grid, declared: ink, ...verdicts, ...own };
}

export const palettes: Palettes = {
  light: paletteOf(lightColours, { kept: '#b9c4cc', dropped: '#c25100', recommended: '#007a59', curve: '#0072b2' }),
  dark: paletteOf(darkColours, { kept: '#3d4b56', dropped: '#ff8a3d', recommended: '#2cc79b', curve: '#56b4e9' }),
};
