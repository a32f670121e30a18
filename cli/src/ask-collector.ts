import { type Checked, faultLine } from '@tidemark/config';
import { shownUrl } from '@tidemark/core';

/** No answer, or not the one that was asked for: said in one sentence, with what to do. */
export class Unanswered extends Error {}

const patienceMs = 10_000;
/** As `diff` and `grep` end where they cannot tell. */
const unknownExitCode = 2;

/** Runs a command that asks a collector; `ask` says with what code it ends. What is wrong is said on stderr. */
export async function runAsking<T>(
  command: string,
  read: Checked<T>,
  ask: (settings: T) => Promise<number>,
): Promise<void> {
  if (!read.ok) {
    for (const fault of read.faults) complain(command, faultLine(fault));
    process.exitCode = unknownExitCode;
    return;
  }
  // Whoever reads only the first lines, as `head` does, has seen enough.
  process.stdout.on('error', () => process.exit());
  try {
    process.exitCode = await ask(read.value);
  } catch (error) {
    if (!(error instanceof Unanswered)) throw error;
    complain(command, error.message);
    process.exitCode = unknownExitCode;
  }
}

export function complain(command: string, text: string): void {
  process.stderr.write(`tidemark ${command}: ${text}\n`);
}

/** `cure`: what to do where there is no such thing. */
export async function answerOf<T>(collectorUrl: string, path: string, cure?: string): Promise<T> {
  const { url, headers } = requestOf(collectorUrl, path);
  const response = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) }).catch((error) => {
    throw new Unanswered(
      `the collector at ${shownUrl(collectorUrl)} cannot be reached (${reasonOf(error)}); start one with "tidemark collector", or name another with --collector URL`,
    );
  });
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const said = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof said !== 'string') throw new Unanswered(noCollector(collectorUrl));
  const then = response.status === 404 && cure !== undefined ? `; ${cure}` : '';
  throw new Unanswered(`the collector at ${shownUrl(collectorUrl)} says: ${said}${then}`);
}

/** A user and password in an address are sent as a header: `fetch` takes none in the address. */
export function requestOf(
  collectorUrl: string,
  path: string,
): { readonly url: URL; readonly headers: { readonly [name: string]: string } } {
  const url = new URL(collectorUrl.replace(/\/+$/, '') + path);
  const { username, password } = url;
  if (username === '' && password === '') return { url, headers: {} };
  url.username = '';
  url.password = '';
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { url, headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

export function noCollector(collectorUrl: string): string {
  return `what answers at ${shownUrl(collectorUrl)} is no Tidemark collector; name one with --collector URL or TIDEMARK_COLLECTOR_URL`;
}

function reasonOf(error: unknown): string {
  const { cause, name, message } = error as Error & { cause?: { code?: string } };
  return name === 'TimeoutError' ? `no answer within ${patienceMs / 1000} s` : (cause?.code ?? message);
}
