import { existsSync } from 'node:fs';

/** Debian's packages `prometheus` (with promtool) and `prometheus-alertmanager` (with amtool). */
const programs: { readonly [name: string]: string } = {
  prometheus: 'prometheus',
  promtool: 'prometheus',
  'prometheus-alertmanager': 'prometheus-alertmanager',
  amtool: 'prometheus-alertmanager',
};

/** What to install, if something is missing. */
export function missingPrometheusTools(): string | undefined {
  const folders = (process.env.PATH ?? '').split(':');
  const isThere = (name: string) => folders.some((folder) => existsSync(`${folder}/${name}`));
  const packages = Object.entries(programs).flatMap(([name, of]) => (isThere(name) ? [] : [of]));
  return packages.length === 0 ? undefined : `apt-get install ${[...new Set(packages)].join(' ')}`;
}
