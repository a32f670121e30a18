import { type VerdictKind, verdictClass } from '@tidemark/core';
import type { VerdictClass } from '../words.ts';
import type { Palette } from './palette.ts';

/** Falsely late is striped, truly late is solid, neither is dotted: told apart without any colour. */
export const patternOf: { readonly [K in VerdictClass]: 'stripes' | 'solid' | 'dots' } = {
  'falsely late': 'stripes',
  'truly late': 'solid',
  neither: 'dots',
};

const tilePx = 8;

export function paintFor(palette: Palette): (verdict: VerdictKind) => CanvasPattern | string {
  const painted = new Map<VerdictKind, CanvasPattern | string>();
  return (verdict) => {
    const known = painted.get(verdict);
    if (known !== undefined) return known;
    const made = paint(palette, verdict);
    painted.set(verdict, made);
    return made;
  };
}

function paint(palette: Palette, verdict: VerdictKind): CanvasPattern | string {
  const color = palette.verdicts[verdict];
  const pattern = patternOf[verdictClass[verdict]];
  if (pattern === 'solid') return color;
  const scale = globalThis.devicePixelRatio || 1;
  const tile = document.createElement('canvas');
  tile.width = tile.height = tilePx * scale;
  const ctx = tile.getContext('2d');
  if (ctx === null) return color;
  ctx.scale(scale, scale);
  ctx.fillStyle = `${color}40`;
  ctx.fillRect(0, 0, tilePx, tilePx);
  ctx.fillStyle = ctx.strokeStyle = color;
  if (pattern === 'stripes') {
    ctx.lineWidth = 3;
    for (const shift of [-tilePx, 0, tilePx]) {
      ctx.beginPath();
      ctx.moveTo(shift - 1, tilePx + 1);
      ctx.lineTo(shift + tilePx + 1, -1);
      ctx.stroke();
    }
  } else {
    ctx.beginPath();
    ctx.arc(tilePx / 2, tilePx / 2, 1.6, 0, 2 * Math.PI);
    ctx.fill();
  }
  const made = ctx.createPattern(tile, 'repeat');
  if (made === null) return color;
  // The tile was drawn in device pixels; the chart's own context is scaled again.
  made.setTransform(new DOMMatrix().scale(1 / scale));
  return made;
}
