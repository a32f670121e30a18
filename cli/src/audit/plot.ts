const eighths = ' ▁▂▃▄▅▆▇█';

/** A row of bars, one a value, each as high as its share of the highest. */
export function sparkline(values: readonly number[]): string {
  const highest = Math.max(...values, 0);
  if (highest === 0) return '▁'.repeat(values.length);
  return values.map((value) => (value === 0 ? '▁' : eighths[Math.max(1, Math.ceil((value / highest) * 8))]!)).join('');
}

/** Sums neighbours until there are at most so many. */
export function fitted(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  const sums = Array.from({ length: most }, () => 0);
  for (const [i, value] of values.entries()) sums[Math.floor((i * most) / values.length)]! += value;
  return sums;
}

/** Every so manieth of them. */
export function sampled(values: readonly number[], most: number): number[] {
  if (values.length <= most) return [...values];
  return Array.from({ length: most }, (_, i) => values[Math.round((i * (values.length - 1)) / (most - 1))]!);
}

/** A table for the terminal: numbers to the right, words to the left. */
export function table(header: readonly string[], rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = header.map((name, i) => Math.max(width(name), ...rows.map((row) => width(row[i] ?? ''))));
  const isNumber = header.map((_, i) => rows.every((row) => /^[-–\d.,]/.test(row[i] ?? '') || row[i] === ''));
  const line = (cells: readonly string[]): string =>
    indent +
    cells
      .map((cell, i) =>
        isNumber[i]
          ? cell.padStart(widths[i]! + cell.length - width(cell))
          : cell.padEnd(widths[i]! + cell.length - width(cell)),
      )
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)].join('\n');
}

function width(text: string): number {
  return [...text].length;
}
