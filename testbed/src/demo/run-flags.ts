import { fileURLToPath } from 'node:url';

/** The repository's folder: what the demo starts is named from there, as its user would. */
export const root: string = fileURLToPath(new URL('../../../', import.meta.url));

/** Workspace packages are run from their sources. */
export const sourceFlags: readonly string[] = ['--conditions=tidemark-source'];

/** On Node 24 kafkajs 2.2.4 asks for negative timeouts. That one warning is silenced, no other. */
export const kafkajsWarnings: readonly string[] = ['--disable-warning=TimeoutNegativeWarning'];
