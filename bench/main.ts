import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// npm run -s bench -- NAME [--json]: a file or folder beside this one.
const [name = '', ...args] = process.argv.slice(2);
const found = [`./${name}/main.ts`, `./${name}.ts`].find((path) =>
  existsSync(fileURLToPath(new URL(path, import.meta.url))),
);
if (!/^[a-z][a-z-]*$/.test(name) || name === 'main' || found === undefined) {
  console.error(`NAME: got "${name}"; expected a benchmark, such as dialects.`);
  process.exit(1);
}
// Each reads its own arguments, as if it had been started by itself.
process.argv.splice(2, process.argv.length, ...args);
await import(found);
