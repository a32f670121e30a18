/**
 * Runs beside a process and outlives it by a moment. It is told line by line what must not be left behind; when the pipe
 * to it closes, which the kernel does however that process ended, it ends and removes what is still on the list.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { LastWish } from './last-will.ts';

const groups = new Set<number>();
const folders = new Set<string>();

// A signal to the whole session is meant for the process that we watch. We hear of its end from the pipe.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const wish = JSON.parse(line) as LastWish;
    if ('kill' in wish) groups.add(wish.kill);
    else if ('spare' in wish) groups.delete(wish.spare);
    else if ('remove' in wish) folders.add(wish.remove);
    else folders.delete(wish.keep);
  })
  .on('close', () => {
    for (const leader of groups) endGroup(leader);
    // A process that was killed a moment ago may still be writing: removing is tried again for a second.
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  });
