import type { EventTimeSetting } from '@tidemark/config';
import { expect, test } from 'vitest';
import { readEventTime, whyNoEventTime } from './event-time.ts';
import type { Message } from './shapes.ts';

const header: EventTimeSetting = { kind: 'header', name: 'at' };
const json: EventTimeSetting = { kind: 'json', path: ['order', 'at'] };
const atMs = 1_700_000_000_123;
const iso = new Date(atMs).toISOString();

function message(parts: Partial<Message>): Message {
  return { key: null, value: null, timestamp: '5', offset: '0', ...parts };
}

function read(setting: EventTimeSetting, parts: Partial<Message>): number {
  const into = { eventMs: 0 };
  readEventTime(setting, message(parts), into);
  return into.eventMs;
}

test.for<{ why: string; setting: EventTimeSetting; parts: Partial<Message> }>([
  { why: 'digits in a header', setting: header, parts: { headers: { at: Buffer.from(String(atMs)) } } },
  { why: 'ISO 8601 in a header', setting: header, parts: { headers: { at: Buffer.from(iso) } } },
  { why: 'a header that is a string', setting: header, parts: { headers: { at: iso } } },
  {
    why: 'of a header that comes twice the first',
    setting: header,
    parts: { headers: { at: [Buffer.from(iso), Buffer.from('1')] } },
  },
  { why: 'a number in JSON', setting: json, parts: { value: Buffer.from(`{"order":{"at":${atMs}}}`) } },
  { why: 'ISO 8601 in JSON', setting: json, parts: { value: Buffer.from(`{"order":{"at":"${iso}"}}`) } },
  { why: 'digits in a JSON string', setting: json, parts: { value: Buffer.from(`{"order":{"at":"${atMs}"}}`) } },
])('$why', ({ setting, parts }) => expect(read(setting, parts)).toBe(atMs));

test.for<{ why: string; setting: EventTimeSetting; parts: Partial<Message> }>([
  { why: 'no timestamp', setting: { kind: 'timestamp' }, parts: { timestamp: '-1' } },
  { why: 'negative', setting: { kind: 'timestamp' }, parts: { timestamp: '-2' } },
  { why: 'beyond the calendar', setting: { kind: 'timestamp' }, parts: { timestamp: '9999999999999999999' } },
  { why: 'no header', setting: header, parts: {} },
  { why: 'no header', setting: header, parts: { headers: { at: [] } } },
  { why: 'not a time', setting: header, parts: { headers: { at: Buffer.from('soon') } } },
  { why: 'not a time', setting: header, parts: { headers: { at: Buffer.alloc(0) } } },
  { why: 'negative', setting: header, parts: { headers: { at: Buffer.from('-5') } } },
  { why: 'no value', setting: json, parts: { value: null } },
  { why: 'not JSON', setting: json, parts: { value: Buffer.from('<order/>') } },
  { why: 'no field', setting: json, parts: { value: Buffer.from('{"order": 5}') } },
  { why: 'no field', setting: json, parts: { value: Buffer.from('null') } },
  { why: 'no field', setting: json, parts: { value: Buffer.from('{"order": {"at": null}}') } },
  { why: 'not a time', setting: json, parts: { value: Buffer.from('{"order": {"at": [1]}}') } },
  { why: 'not a time', setting: json, parts: { value: Buffer.from('{"order": {"at": "17.11.2023"}}') } },
  { why: 'beyond the calendar', setting: json, parts: { value: Buffer.from('{"order": {"at": 1e300}}') } },
])('$why ($setting.kind, $parts)', ({ why, setting, parts }) => {
  const eventMs = read(setting, parts);
  expect(eventMs >= 0 && eventMs <= 8.64e15 && setting.kind !== 'timestamp').toBe(false);
  expect(whyNoEventTime(setting, message(parts))).toBe(why);
});

test('a path does not reach what every object inherits', () => {
  expect(read({ kind: 'json', path: ['constructor', 'length'] }, { value: Buffer.from('{}') })).toBeNaN();
});
