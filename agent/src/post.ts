import http from 'node:http';
import https from 'node:https';
import { messageOf } from './say.ts';
import { untraced } from './untraced.ts';

/** How a report fared. */
export type Posted =
  | { readonly kind: 'accepted' }
  /** The collector understood, and does not want it: it would not want it the next time either. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string };

// Taken before an instrumentation that comes after us wraps them.
const request = { 'http:': http.request, 'https:': https.request } as const;
const connections = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: 1 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 1 }),
} as const;

const maxAnswerBytes = 2048;
const maxReasonCharacters = 300;

/** Posts gzipped JSON. Never rejects, and does not keep the process alive. */
export async function post(url: URL, body: Uint8Array, timeoutMs: number): Promise<Posted> {
  const posted = await postOnce(url, body, timeoutMs);
  // A connection that was kept open may have been closed by the other side in this very moment.
  return posted === 'stale connection' ? fresh(await postOnce(url, body, timeoutMs)) : posted;
}

function fresh(posted: Posted | 'stale connection'): Posted {
  return posted === 'stale connection' ? { kind: 'unreachable', reason: 'it closes connections' } : posted;
}

function postOnce(url: URL, body: Uint8Array, timeoutMs: number): Promise<Posted | 'stale connection'> {
  const protocol = url.protocol === 'https:' ? 'https:' : 'http:';
  return new Promise((resolve) => {
    const failed = (error: unknown) => resolve({ kind: 'unreachable', reason: messageOf(error) || 'no answer' });
    try {
      const open = () =>
        request[protocol](url, {
          method: 'POST',
          agent: connections[protocol],
          headers: {
            'content-type': 'application/json',
            'content-encoding': 'gzip',
            'content-length': body.length,
          },
          signal: AbortSignal.timeout(timeoutMs),
        });
      const sent = untraced(open);
      sent.on('error', (error: NodeJS.ErrnoException) => {
        if (sent.reusedSocket && error.code === 'ECONNRESET') resolve('stale connection');
        else failed(error.name === 'AbortError' ? tooSlow(timeoutMs) : error);
      });
      sent.on('socket', (socket) => socket.unref());
      sent.on('response', (response) => {
        readAnswer(response).then((text) => resolve(judge(response.statusCode ?? 0, text)), failed);
      });
      sent.end(body);
    } catch (error) {
      failed(error);
    }
  });
}

function tooSlow(timeoutMs: number): Error {
  return new Error(`no answer within ${timeoutMs} ms`);
}

function judge(status: number, text: string): Posted {
  // A page or a greeting comes from something else: an address that is wrong would take reports for ever, and nobody would know.
  if (status >= 200 && status < 300) {
    return text === '' || parsed(text) !== undefined
      ? { kind: 'accepted' }
      : { kind: 'refused', status, reason: `what answers there is no Tidemark collector: ${oneLine(text)}` };
  }
  const reason = reasonIn(text);
  // "Try again" in the 4xx: a request that took too long, and too many of them.
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) return { kind: 'refused', status, reason };
  return { kind: 'unreachable', reason: `it answered ${status}${reason === '' ? '' : ` ${reason}`}` };
}

/** The beginning of the answer. The rest of a long one is not waited for: its connection is given up. */
async function readAnswer(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= maxAnswerBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, maxAnswerBytes).trim();
}

/** In one line: `{"error": "…"}` is what our collector says, a proxy says anything. */
function reasonIn(text: string): string {
  const error = (parsed(text) as { readonly error?: unknown } | undefined)?.error;
  return oneLine(typeof error === 'string' ? error : text);
}

/** Undefined: no JSON object, so not of our collector, or a cut answer. */
function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, maxReasonCharacters);
}
