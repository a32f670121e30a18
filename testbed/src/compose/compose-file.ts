import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser } from 'dockerfile-ast';
import { parse } from 'yaml';
import { root } from '../demo/run-flags.ts';

/** The parts of `docker-compose.yml` that say how a service is started. */
export interface ComposeFile {
  readonly services: { readonly [name: string]: Service };
  readonly volumes?: { readonly [name: string]: unknown };
}

export interface Service {
  readonly image: string;
  readonly build?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: { readonly [name: string]: string };
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: { readonly test: readonly string[] };
}

export const composeText: string = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
export const composeFile: ComposeFile = parse(composeText) as ComposeFile;

/** What our own image adds to each service that is made of it. */
export interface Image {
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly environment: { readonly [name: string]: string };
  readonly user: string;
}

export const dockerfileText: string = readFileSync(join(root, 'Dockerfile'), 'utf8');

export function readImage(): Image {
  const file = DockerfileParser.parse(dockerfileText);
  const last = (keyword: string): string =>
    file
      .getInstructions()
      .findLast((instruction) => instruction.getKeyword() === keyword)
      ?.getArgumentsContent() ?? '';
  const variables = file.getENVs().flatMap((env) => env.getProperties());
  return {
    entrypoint: JSON.parse(last('ENTRYPOINT')) as string[],
    command: JSON.parse(last('CMD')) as string[],
    environment: Object.fromEntries(variables.map((variable) => [variable.getName(), variable.getValue() ?? ''])),
    user: last('USER'),
  };
}
