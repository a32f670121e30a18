/** `npm run reference [-- FOLDER]`: writes the pages that are made from the code, into `docs` unless told otherwise. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../demo/run-flags.ts';
import { configurationPage } from './configuration.ts';

const folder = process.argv[2] ?? join(root, 'docs');
writeFileSync(join(folder, 'configuration.md'), configurationPage());
