import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A real OTLP/HTTP endpoint: keeps what exporters send to it. */
export interface OtlpReceiver {
  readonly url: string;
  readonly requests: { readonly path: string; readonly type: string; readonly body: Buffer }[];
  stop(): Promise<void>;
}

export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const requests: { path: string; type: string; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const sent = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
      requests.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface OtlpPoint {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly attributes: { readonly [name: string]: string };
}

/** The points of the last `http/json` request. */
export function lastPoints(receiver: OtlpReceiver): OtlpPoint[] {
  const request = receiver.requests.filter(({ type }) => type === 'application/json').at(-1);
  if (request === undefined) return [];
  const { resourceMetrics } = JSON.parse(request.body.toString()) as OtlpJson;
  const metrics = resourceMetrics.flatMap(({ scopeMetrics }) => scopeMetrics).flatMap((scope) => scope.metrics);
  return metrics.flatMap(({ name, unit, sum, gauge }) =>
    (sum ?? gauge)!.dataPoints.map((point) => ({
      name,
      unit,
      value: Number(point.asInt ?? point.asDouble),
      attributes: Object.fromEntries(point.attributes.map(({ key, value }) => [key, value.stringValue])),
    })),
  );
}

interface OtlpJson {
  readonly resourceMetrics: readonly {
    readonly scopeMetrics: readonly {
      readonly metrics: readonly {
        readonly name: string;
        readonly unit: string;
        readonly sum?: { readonly dataPoints: readonly JsonPoint[] };
        readonly gauge?: { readonly dataPoints: readonly JsonPoint[] };
      }[];
    }[];
  }[];
}

interface JsonPoint {
  readonly asInt?: string | number;
  readonly asDouble?: number;
  readonly attributes: readonly { readonly key: string; readonly value: { readonly stringValue: string } }[];
}
