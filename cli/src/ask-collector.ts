/** No answer, or not the one that was asked for: said in one sentence, with what to do. */
export class Unanswered extends Error {}

const patienceMs = 10_000;

/** `cure`: what to do where there is no such thing. */
export async function answerOf<T>(collectorUrl: string, path: string, cure?: string): Promise<T> {
  const response = await fetch(collectorUrl + path, { signal: AbortSignal.timeout(patienceMs) }).catch((error) => {
    throw new Unanswered(
      `the collector at ${collectorUrl} cannot be reached (${reasonOf(error)}); start one with "tidemark collector", or name another with --collector URL`,
    );
  });
  const body = await response.json().catch(() => undefined);
  if (response.ok && body !== undefined) return body as T;
  const said = typeof body === 'object' && body !== null && 'error' in body ? body.error : undefined;
  if (typeof said !== 'string') throw new Unanswered(noCollector(collectorUrl));
  const then = response.status === 404 && cure !== undefined ? `; ${cure}` : '';
  throw new Unanswered(`the collector at ${collectorUrl} says: ${said}${then}`);
}

export function noCollector(collectorUrl: string): string {
  return `what answers at ${collectorUrl} is no Tidemark collector; name one with --collector URL or TIDEMARK_COLLECTOR_URL`;
}

function reasonOf(error: unknown): string {
  const { cause, name, message } = error as Error & { cause?: { code?: string } };
  return name === 'TimeoutError' ? `no answer within ${patienceMs / 1000} s` : (cause?.code ?? message);
}
