import { dialects } from '@tidemark/core';
import { compare } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { InputFault, integer, noOther, object, oneOf } from './read.ts';
import { readTrace } from './trace.ts';
import { readWindow } from './window-spec.ts';
import { rowOf, WindowTable } from './window-table.ts';

const informative: ReadonlySet<string> = new Set(['panes']);

/** `beam`, kind `window`: a watermark after every record, then the end of the input. */
export function judgeBeam(content: Record<string, unknown>): Mismatch[] {
  const spec = readBeamSpec(object(content.spec, 'spec'));
  const windows = new dialects.BeamWindows(spec);
  const table = new WindowTable();
  const pane: dialects.Firing = (window) => table.set(rowOf(window));
  const watermarkNow = (): number | null =>
    windows.watermarkMs === Number.NEGATIVE_INFINITY ? null : windows.watermarkMs;
  const records = readTrace(content.trace, { arrivalsOrdered: true }).map(({ i, key, eventMs }) => {
    if (key === undefined) throw new InputFault(`trace[${i}].key`, 'a key', null);
    const watermark = watermarkNow();
    const dropped = windows.take(key, eventMs, pane);
    return { i, watermark, watermarkAfter: watermarkNow(), dropped };
  });
  windows.end(pane);
  const droppedDueToLateness = records.reduce((sum, { dropped }) => sum + dropped, 0);
  const got = { records, windows: table.sorted(), counters: { droppedDueToLateness } };
  return compare(content.expected, got, 'expected', informative);
}

function readBeamSpec(fields: Record<string, unknown>): dialects.BeamWindowsOptions {
  noOther(fields, 'spec', ['window', 'outOfOrdernessMs', 'allowedLatenessMs', 'watermark', 'partitions']);
  const watermark = object(fields.watermark, 'spec.watermark');
  oneOf(watermark.emission, 'spec.watermark.emission', ['perRecord']);
  oneOf(fields.partitions, 'spec.partitions', ['merged']);
  const window = readWindow(fields.window);
  if (window.kind === 'sliding') throw new InputFault('spec.window.type', 'tumbling, hopping or session', 'sliding');
  const spec = {
    window,
    outOfOrdernessMs: integer(fields.outOfOrdernessMs, 'spec.outOfOrdernessMs'),
    allowedLatenessMs: integer(fields.allowedLatenessMs, 'spec.allowedLatenessMs'),
  };
  const faults = dialects.beamFaults(spec);
  if (faults[0]) throw new InputFault(`spec.${faults[0].path}`, faults[0].expected, faults[0].got);
  return spec;
}
