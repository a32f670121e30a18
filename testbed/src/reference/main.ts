/** `npm run reference`: writes the pages that are made from the code. */
import { writeFileSync } from 'node:fs';
import { configurationPage } from './configuration.ts';

writeFileSync(new URL('../../../docs/configuration.md', import.meta.url), configurationPage());
