import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { threadId } from 'node:worker_threads';
import type { AgentIdentity } from '@tidemark/core';

/** One life of one process. Worker threads are agents of their own: each has its own consumers and its own reports. */
export function createIdentity(client: string, host: string = hostname()): AgentIdentity {
  const thread = threadId === 0 ? '' : `.${threadId}`;
  return {
    id: `${host.slice(0, 200)}-${process.pid}${thread}-${randomUUID().slice(0, 8)}`,
    host,
    processId: process.pid,
    startedMs: Date.now(),
    version: ownVersion(),
    client,
  };
}

function ownVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return String((manifest as { readonly version?: unknown }).version);
}
