import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Cell, Report } from '@tidemark/core';

/** What a collector is to an agent: something that takes reports, or does not. */
export interface ReportTaker {
  readonly url: string;
  readonly reports: Report[];
  /** What the next requests are answered with. */
  answer: { status: number; body: string };
  stop(): Promise<void>;
}

export async function startReportTaker(port = 0): Promise<ReportTaker> {
  const reports: Report[] = [];
  const taker = { answer: { status: 202, body: '{}' } };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method === 'POST' && request.url === '/api/report' && taker.answer.status < 300) {
        reports.push(JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Report);
      }
      response.writeHead(taker.answer.status, { 'content-type': 'application/json' }).end(taker.answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return Object.assign(taker, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    reports,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

export function cellsOf(reports: readonly Report[], group?: string): Cell[] {
  return reports.flatMap(({ tasks }) =>
    tasks.filter((task) => group === undefined || task.group === group).flatMap(({ cells }) => cells),
  );
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
