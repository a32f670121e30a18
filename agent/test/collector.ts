import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { Cell, Report } from '@tidemark/core';

/** What a collector is to an agent: something that takes reports, or does not. */
export interface ReportTaker {
  readonly url: string;
  /** Each once, as a collector counts them: an agent that did not hear the answer in time sends its report again. */
  readonly reports: Report[];
  /** How often a report was accepted. */
  accepted: number;
  /** What the next requests are answered with: nothing for as long as it stays silent, the end of the connection, or no end. */
  answer: { readonly status: number; readonly body: string } | 'silence' | 'hang up' | 'without end';
  stop(): Promise<void>;
}

export async function startReportTaker(): Promise<ReportTaker> {
  const reports: Report[] = [];
  const taken = new Set<string>();
  const taker: Pick<ReportTaker, 'accepted' | 'answer'> = { accepted: 0, answer: { status: 202, body: '{}' } };
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { answer } = taker;
      if (answer === 'silence') return;
      if (answer === 'hang up') {
        request.socket.destroy();
        return;
      }
      if (answer === 'without end') {
        response.writeHead(400);
        const more = (): void => {
          while (response.write('x'.repeat(1024)));
        };
        response.on('drain', more).on('error', () => {});
        more();
        return;
      }
      if (request.method === 'POST' && request.url === '/api/report' && answer.status < 300) {
        const report = JSON.parse(gunzipSync(Buffer.concat(chunks)).toString()) as Report;
        const id = `${report.agent.id}/${report.sequence}`;
        if (!taken.has(id)) reports.push(report);
        taken.add(id);
        taker.accepted++;
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
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
