import { readdirSync, readFileSync } from 'node:fs';

export interface PageCommand {
  /** From the repository's folder. */
  readonly file: string;
  readonly command: string;
}

const programs =
  'npm|npx|node|tidemark|bash|sh|docker|curl|promtool|amtool|java|mvn|python3?|sed|chronyc|kafka-[a-z-]+';
const startsCommand = new RegExp(String.raw`^(?:\$ )?((?:[A-Z_]+=\S* )*(?:${programs})(?:\.sh)? .*)$`);

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');

/** Lines of code, indented or fenced, that begin as a command does, without the comment behind. */
function commandsOf(file: string): string[] {
  let isFenced = false;
  return read(file)
    .split('\n')
    .flatMap((line) => {
      if (/^\s*```/.test(line)) {
        isFenced = !isFenced;
        return [];
      }
      const code = isFenced ? line.trim() : /^ {4}(.*)$/.exec(line)?.[1];
      const command = startsCommand.exec(code ?? '')?.[1];
      return command === undefined ? [] : [command.replace(/\s+# .*$/, '').trim()];
    });
}

const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(new URL('../docs', import.meta.url)).map((f) => `docs/${f}`),
];
/** Everything that the pages tell the reader to type. */
export const commands: readonly PageCommand[] = pages
  .filter((file) => file.endsWith('.md'))
  .flatMap((file) => commandsOf(file).map((command) => ({ file, command })));
