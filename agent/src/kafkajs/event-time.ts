import type { EventTimeSetting } from '@tidemark/config';
import { parseDigitBytes } from '../digits.ts';
import { reasonOfNumber, type UnreadableReason } from '../unreadable.ts';
import type { Message } from './shapes.ts';

/**
 * A text that stands for an instant: a whole number of milliseconds, or ISO 8601. NaN if neither. Seconds or microseconds
 * are not guessed: a wrong guess would move the stream time by decades.
 */
export function parseInstantMs(text: string): number {
  const trimmed = text.trim();
  if (/^-?\d+$/.test(trimmed)) return Number(trimmed);
  return /^\d{4}-\d\d-\d\dT/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
}

/**
 * The event time of a record where the user's setting says that it is not its timestamp; NaN when there is none, and then
 * `whyNoEventTime` knows the reason. A header of digits is read without allocating; ISO texts and JSON cannot be.
 */
export function readEventTime(setting: EventTimeSetting, message: Message, into: { eventMs: number }): void {
  if (setting.kind === 'header') {
    const value = firstHeader(message, setting.name);
    if (value !== undefined && typeof value !== 'string') {
      into.eventMs = parseDigitBytes(value);
      if (!Number.isNaN(into.eventMs)) return;
    }
    into.eventMs = headerTime(value);
  } else into.eventMs = setting.kind === 'json' ? jsonTime(fieldOf(message, setting.path)) : Number.NaN;
}

/** Looks at a record again that gave no event time, or one that cannot be used. */
export function whyNoEventTime(setting: EventTimeSetting, message: Message): UnreadableReason {
  switch (setting.kind) {
    case 'timestamp':
      if (message.timestamp === undefined || message.timestamp === '-1') return 'no timestamp';
      return reasonOfNumber(parseInstantMs(message.timestamp));
    case 'header': {
      const value = firstHeader(message, setting.name);
      return value === undefined ? 'no header' : reasonOfNumber(headerTime(value));
    }
    case 'json': {
      const field = fieldOf(message, setting.path);
      if (field === noValue) return 'no value';
      if (field === notJson) return 'not JSON';
      return field === undefined ? 'no field' : reasonOfNumber(jsonTime(field));
    }
  }
}

/** A header may come several times: the first counts. */
export function firstHeader(message: Message, name: string): Uint8Array | string | undefined {
  const value = message.headers?.[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first ?? undefined;
}

function headerTime(value: Uint8Array | string | undefined): number {
  if (value === undefined) return Number.NaN;
  return parseInstantMs(typeof value === 'string' ? value : Buffer.from(value).toString('latin1'));
}

const noValue: unique symbol = Symbol('no value');
const notJson: unique symbol = Symbol('not JSON');

function fieldOf(message: Message, path: readonly string[]): unknown {
  if (message.value === null || message.value === undefined) return noValue;
  let at: unknown;
  try {
    at = JSON.parse(message.value.toString());
  } catch {
    return notJson;
  }
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as { readonly [name: string]: unknown })[name];
  }
  return at ?? undefined;
}

function jsonTime(field: unknown): number {
  if (typeof field === 'number') return field;
  return typeof field === 'string' ? parseInstantMs(field) : Number.NaN;
}
