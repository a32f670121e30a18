import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../demo/run-flags.ts';

const run = promisify(execFile);

/** An otherwise empty project outside of the repository that has installed what `npm pack` makes. */
export interface InstalledProject {
  readonly folder: string;
  /** Bytes of each tarball, by its file's name. */
  readonly packedBytes: { readonly [file: string]: number };
  /** A Node of another version, from the registry. */
  node(version: string): Promise<string>;
}

/** Builds, packs and installs as a release would. `others`: what the project has besides, such as `kafkajs@2.2.4`. */
export async function installPackages(others: readonly string[]): Promise<InstalledProject> {
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-project-'));
  const packed = join(folder, 'packed');
  await mkdir(packed);
  const { stdout } = await npm(root, 'run', '-s', 'packages', '--', '--json', '--pack-destination', packed);
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  const tarballs = readdirSync(packed).map((file) => `./packed/${file}`);
  await npm(folder, 'install', '--no-fund', '--no-audit', ...tarballs, ...others);
  return {
    folder,
    packedBytes: sizes(stdout),
    node: async (version) => {
      const name = `node-${process.platform}-${process.arch}`;
      const home = join(folder, `node-${version}`);
      await mkdir(home);
      await npm(home, 'install', '--no-fund', '--no-audit', '--no-save', '--prefix', home, `${name}@${version}`);
      return join(home, 'node_modules', name, 'bin', 'node');
    },
  };
}

interface Packed {
  readonly filename: string;
  readonly size: number;
}

/** One npm lists what it packed, another names it by package. */
function sizes(json: string): { readonly [file: string]: number } {
  // Scripts that ran before it may have written to the same stream.
  const listed = JSON.parse(json.slice(json.search(/^[[{]/m))) as
    | readonly Packed[]
    | { readonly [name: string]: Packed };
  return Object.fromEntries(Object.values(listed).map(({ filename, size }) => [filename, size]));
}

/** Without what an npm script hands to its children: it would make this npm take our workspace for the user's project. */
function npm(folder: string, ...args: readonly string[]): Promise<{ readonly stdout: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)));
  return run('npm', args, { cwd: folder, env, maxBuffer: 64 * 1024 * 1024 });
}
