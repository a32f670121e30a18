import { vectorFiles } from './files.ts';
import { judgeFile } from './judge.ts';

// npm run -s vectors -- PATH…: one file is one pass or one failure; see docs/dialects.md and docs/clocks.md.
const paths = process.argv.slice(2);
let passed = 0;
let failed = 0;

function report(file: string, mismatches: readonly { where: string; want: unknown; got: unknown }[]): void {
  if (mismatches.length === 0) passed++;
  else failed++;
  for (const { where, want, got } of mismatches) {
    console.log(`${file}: ${where}: want ${shown(want)}, got ${shown(got)}`);
  }
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

if (paths.length === 0)
  report('(no path)', [{ where: 'arguments', want: 'a file or folder of vectors', got: undefined }]);
for (const path of paths) {
  try {
    const files = vectorFiles(path);
    if (files.length === 0) report(path, [{ where: 'folder', want: 'a .json or .json.gz file in it', got: [] }]);
    for (const file of files) report(file, await judgeFile(file));
  } catch (error) {
    report(path, [{ where: 'path', want: 'a readable file or folder', got: String(error) }]);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
