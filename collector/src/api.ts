import type { HttpBindings } from '@hono/node-server';
import type { Assessment, DropsByGroup, Finding, Incident, SeriesPoint, Topology } from '@tidemark/core';
import type { Hono } from 'hono';
import type { ReportFault } from './report-schema.ts';

/** What the API answers when it refuses. */
export interface ApiError {
  readonly error: string;
  /** What was wrong with a report, and where in it. */
  readonly faults?: readonly ReportFault[];
}

type Answer<Output, Input, Status extends number> = {
  input: Input;
  output: Output;
  outputFormat: 'json';
  status: Status;
};

type NoInput = Record<never, never>;

/**
 * The API behind the page (`docs/api.md`), for hono's client: `hc<App>('/')` knows every path and what it answers.
 * `GET /api/events` is not here: it is a stream of `HelloEvent` and `TickEvent`.
 */
export type ApiSchema = {
  '/api/assessment': { $get: Answer<Assessment, NoInput, 200> };
  '/api/topology': { $get: Answer<Topology, NoInput, 200> };
  '/api/series': {
    $get:
      | Answer<readonly SeriesPoint[], { query: { fromMs?: string; toMs?: string } }, 200>
      | Answer<ApiError, { query: { fromMs?: string; toMs?: string } }, 400>;
  };
  '/api/incidents': {
    $get:
      | Answer<readonly Incident[], { query: { since?: string } }, 200>
      | Answer<ApiError, { query: { since?: string } }, 400>;
  };
  '/api/incidents/:id': {
    $get: Answer<Incident, { param: { id: string } }, 200> | Answer<ApiError, { param: { id: string } }, 404>;
  };
  '/api/findings': { $get: Answer<readonly Finding[], NoInput, 200> };
  '/api/findings/:id': {
    $get: Answer<Finding, { param: { id: string } }, 200> | Answer<ApiError, { param: { id: string } }, 404>;
  };
  '/api/drops': { $get: Answer<DropsByGroup, NoInput, 200> };
};

export type App = Hono<{ Bindings: HttpBindings }, ApiSchema>;
