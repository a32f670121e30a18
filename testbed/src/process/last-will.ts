import { type ChildProcess, spawn } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What is said to the undertaker, a line each. A process is named by its group's leader. */
export type LastWish =
  | { readonly kill: number }
  | { readonly spare: number }
  | { readonly remove: string }
  | { readonly keep: string };

let undertaker: ChildProcess | undefined;

/**
 * Children that must not outlive this process and folders that must not be left behind, even if it is killed with a
 * signal that it cannot hear. Exit handlers do not run then; a process of its own, which sees its pipe close, does.
 */
export function bequeath(wish: LastWish): void {
  undertaker ??= startUndertaker();
  undertaker.stdin?.write(`${JSON.stringify(wish)}\n`);
}

function startUndertaker(): ChildProcess {
  const script = fileURLToPath(new URL(`./undertaker${extname(import.meta.url)}`, import.meta.url));
  // Detached: Ctrl-C in a terminal is sent to the whole foreground group and must not reach it.
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin?.on('error', () => {});
  return child;
}
