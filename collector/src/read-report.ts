import { type Report, reportLimits, reportVersion } from '@tidemark/core';
import { maxFaults } from './report-lists.ts';
import { checkReport, type ReportFault } from './report-schema.ts';

/** Why a report was not taken: `reason` is what metrics count by, the rest is what its sender is told. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly error: string;
  readonly faults: readonly ReportFault[];
}

export const refusalReasons = ['mediaType', 'encoding', 'tooLarge', 'notJson', 'version', 'shape', 'aborted'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

export type ReadReport =
  | { readonly ok: true; readonly report: Report; readonly raw: RawReport }
  | { readonly ok: false; readonly refusal: Refusal };

/** A report as it came in. */
export interface RawReport {
  readonly body: Uint8Array;
  /** By gzip. */
  readonly isPacked: boolean;
}

/**
 * A report from the body of a request: unpacked, parsed and checked. Nothing is trusted: the limit of bytes holds for what
 * comes in as for what it unpacks to, and both are counted while they stream, so that a small body that unpacks to
 * gigabytes is dropped after the first few megabytes.
 */
export async function readReport(request: Request): Promise<ReadReport> {
  const mediaType = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  // A page of another origin cannot send this type without asking first, so it cannot make a visitor's browser report.
  if (mediaType !== 'application/json') {
    return refused('mediaType', `content-type ${mediaType ?? 'is missing'}; expected application/json`);
  }
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  if (encoding !== 'gzip' && encoding !== 'identity') {
    return refused('encoding', `content-encoding ${encoding}; expected gzip or none`);
  }
  if (Number(request.headers.get('content-length') ?? 0) > reportLimits.maxBytes) return tooLarge();
  const body = request.body ?? new Blob([]).stream();
  const packed: Uint8Array[] = [];
  const text = await readText(encoding === 'gzip' ? unpacked(body, packed) : body);
  if (!text.ok) return text;
  const read = parse(text.text);
  if (!read.ok) return read;
  const isPacked = encoding === 'gzip';
  return { ...read, raw: { body: isPacked ? Buffer.concat(packed) : Buffer.from(text.text), isPacked } };
}

type ReadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly refusal: Refusal };

/** What is unpacked is also put, as it came, to `packed`. */
function unpacked(body: ReadableStream<Uint8Array>, packed: Uint8Array[]): ReadableStream<Uint8Array> {
  let bytes = 0;
  const limit = new TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > reportLimits.maxBytes) controller.error(new TooLarge());
      else {
        packed.push(chunk);
        controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
      }
    },
  });
  return body.pipeThrough(limit).pipeThrough(new DecompressionStream('gzip'));
}

async function readText(body: ReadableStream<Uint8Array>): Promise<ReadText> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    // Leaving the loop early cancels the stream, and with it the unpacking.
    for await (const chunk of body) {
      bytes += chunk.byteLength;
      if (bytes > reportLimits.maxBytes) return tooLarge();
      chunks.push(chunk);
    }
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) };
  } catch (error) {
    return unreadable(error);
  }
}

class TooLarge extends Error {}

function unreadable(error: unknown): ReadText & { readonly ok: false } {
  if (error instanceof TooLarge) return tooLarge();
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && code.startsWith('Z_')) {
    return refused('encoding', 'the body is not gzip, or is cut short');
  }
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return refused('notJson', 'the body is not UTF-8');
  return refused('aborted', `the body did not come through: ${String(error)}`);
}

type Parsed = { readonly ok: true; readonly report: Report } | { readonly ok: false; readonly refusal: Refusal };

function parse(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused('notJson', 'the body is not JSON', [{ path: '', message: (error as SyntaxError).message }]);
  }
  const version = (value as { readonly version?: unknown } | null)?.version;
  // Said before anything else: whatever differs in the shape of another version is not a fault of its own.
  if (version !== reportVersion) {
    const got = version === undefined ? 'no version' : `version ${JSON.stringify(version).slice(0, 20)}`;
    return refused('version', `a report of ${got}; this collector speaks version ${reportVersion}`, [
      { path: 'version', message: `expected ${reportVersion}` },
    ]);
  }
  const checked = checkReport(value);
  if (checked.ok) return checked;
  return refused('shape', `not a version ${reportVersion} report: ${inWords(checked.faults)}`, checked.faults);
}

/** With the first one told in full: an agent shows its user this sentence alone. */
function inWords(faults: readonly ReportFault[]): string {
  const [first] = faults;
  const many = faults.length < maxFaults ? faults.length : `at least ${maxFaults}`;
  return `${many} ${faults.length === 1 ? 'fault' : 'faults'}, first at ${first?.path || 'the top'}: ${first?.message}`;
}

function tooLarge(): { readonly ok: false; readonly refusal: Refusal } {
  return refused('tooLarge', `more than ${reportLimits.maxBytes} bytes, packed or unpacked`);
}

function refused(
  reason: RefusalReason,
  error: string,
  faults: readonly ReportFault[] = [],
): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal: { reason, error, faults } };
}
